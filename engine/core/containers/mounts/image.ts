import { closeSync, constants, fstatSync, openSync, rmdirSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { ChainId } from '../../../image/index.ts'
import { openInRoot, pathOnly } from '../../../lib/sys/index.ts'
import { type ContainerMount, type ContainerRecord, imageById } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { requireUsable } from '../../images/additional/require-usable.ts'
import { containerPaths } from '../../paths.ts'
import { bindDescriptor, makeTarget } from './targets.ts'

/**
 * Mounts an image for a container, or a part of it. What the container writes there is its own, and goes with it.
 *
 * @throws EngineError `ImageNotFound` for one that was removed meanwhile, `MountSourceNotFound` for a subpath that is not there.
 */
export async function mountImage(
  context: Context,
  { id, config }: Pick<ContainerRecord, 'id' | 'config'>,
  { mount, index, target }: { mount: ContainerMount; index: number; target: string },
): Promise<void> {
  const found = imageById(context.database, mount.image ?? '')
  if (!found)
    throw new EngineError(
      'ImageNotFound',
      `creating image volume "${mount.source}":"${mount.destination}": ${mount.source}: image not known`,
      {
        details: { image: mount.source },
      },
    )
  const parent = found.facts.chain.at(-1) as ChainId | undefined
  await requireUsable(context, parent)
  const { folder } = containerPaths(context, id)
  const place = mount.subpath === undefined ? target : `${target}-image`
  if (place !== target) makeTarget(place, true)
  const layers = await context.layers()
  await layers.mountLayers(place, {
    id,
    own: path.join(folder, 'overlays', String(index)),
    readonly: mount.options.includes('ro'),
    ...(parent ? { parent } : {}),
    ...(config.idMappings ? { ids: config.idMappings } : {}),
  })
  if (mount.subpath !== undefined) bindPart(place, mount, target)
}

/** No link of the image leads out of it. */
function bindPart(root: string, { subpath = '', source }: ContainerMount, target: string): void {
  const opened = openSync(root, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  let part: number | undefined
  try {
    part = openInRoot(opened, subpath.replace(/^\/+/, '') || '.', pathOnly)
    if (!fstatSync(part).isDirectory()) {
      rmdirSync(target)
      makeTarget(target, false)
    }
    bindDescriptor(part, target, [])
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause
    const message = `subpath ${JSON.stringify(subpath)} of the image ${source}: no such file or directory`
    throw new EngineError('MountSourceNotFound', message, { details: { image: source, subpath }, cause })
  } finally {
    if (part !== undefined) closeSync(part)
    closeSync(opened)
  }
}
