import { lstatSync } from 'node:fs'
import { join, normalize } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { lgetxattr } from '../../../lib/sys/index.ts'
import type { Context } from '../../context.ts'
import { otherLayers } from './attached.ts'
import type { OtherLayer } from './other-store.ts'

const opaque = '.wh..wh..opq'
const userMark = 'user.overlay.opaque'
const rootMark = 'trusted.overlay.opaque'
const usable = new Set<string>()

/**
 * Checks that this process understands the whiteouts in a layer of an additional store and all below it. Removed files are marked
 * the same way for everyone; folders that hide those below by `trusted.overlay.opaque`, which only root's mounts look at, or by
 * `user.overlay.opaque`, which only ordinary users' do. Nothing to do for layers of the store itself.
 * @throws NotSupported
 */
export async function requireUsable(context: Context, chainId: string | undefined): Promise<void> {
  if (chainId === undefined || context.additionalStores.length === 0) return
  const store = await context.layers()
  if (store.has(chainId as never)) return
  const own = context.identity.inUserNamespace ? userMark : rootMark
  // A copy understands both kinds.
  const marks = store.driver === 'vfs' ? [userMark, rootMark] : [own]
  for (const layer of otherLayers(context, chainId) ?? []) {
    if (usable.has(layer.path) || layer.complete || layer.markedByFiles) continue
    await requireMarks(layer, marks)
    usable.add(layer.path)
  }
}

async function requireMarks({ path, names }: OtherLayer, attributes: readonly string[]): Promise<void> {
  if (!names) return
  for await (const name of names()) {
    if (!name.endsWith(`/${opaque}`) && name !== opaque) continue
    const folder = join(path, normalize(`/${name.slice(0, -opaque.length)}`))
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue
    if (attributes.some((attribute) => lgetxattr(folder, attribute)?.toString() === 'y')) continue
    throw new EngineError(
      'NotSupported',
      `The image's layer ${path} hides folders of the layers below in a way that only ${attributes[0] === userMark ? 'root' : 'ordinary users'} can mount: pull the image into the store instead.`,
      { details: { path } },
    )
  }
}
