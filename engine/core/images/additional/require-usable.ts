import { lstatSync } from 'node:fs'
import { join, normalize } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { lgetxattr } from '../../../lib/sys.ts'
import type { Context } from '../../context.ts'
import { otherLayers } from './attached.ts'
import type { OtherLayer } from './other-store.ts'

const opaque = '.wh..wh..opq'
const usable = new Set<string>()

/**
 * Makes sure that this process's overlay understands the marks in a layer of an additional store and all below it. Removed files
 * are marked in one way for everyone; folders that hide those below by `trusted.overlay.opaque`, which only root's mounts
 * look at, or by `user.overlay.opaque`, which only ordinary users' do. Nothing to do for layers of the store itself.
 * @throws NotSupported
 */
export async function requireUsable(context: Context, chainId: string | undefined): Promise<void> {
  if (chainId === undefined || context.additionalStores.length === 0) return
  if ((await context.layers()).has(chainId as never)) return
  for (const layer of otherLayers(context, chainId) ?? []) {
    if (usable.has(layer.path)) continue
    await requireMarks(layer, context.identity.inUserNamespace ? 'user.overlay.opaque' : 'trusted.overlay.opaque')
    usable.add(layer.path)
  }
}

async function requireMarks({ path, names }: OtherLayer, attribute: string): Promise<void> {
  if (!names) return
  for await (const name of names()) {
    if (!name.endsWith(`/${opaque}`) && name !== opaque) continue
    const folder = join(path, normalize(`/${name.slice(0, -opaque.length)}`))
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() || lgetxattr(folder, attribute)?.toString() === 'y') continue
    throw new EngineError(
      'NotSupported',
      `The image's layer ${path} hides folders of the layers below in a way that only ${attribute.startsWith('user') ? 'root' : 'ordinary users'} can mount: pull the image into the store instead.`,
      { details: { path } },
    )
  }
}
