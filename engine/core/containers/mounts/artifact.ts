import { chmodSync, chownSync, closeSync, constants, copyFileSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import type { Digest } from '../../../image/index.ts'
import { pathOnly } from '../../../lib/sys/index.ts'
import type { ContainerMount, ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { imageBlobs } from '../../images/store/image-store.ts'
import { containerPaths } from '../../paths.ts'
import { ownerOutside } from '../user-namespaces/outside.ts'
import { bindDescriptor } from './targets.ts'

/**
 * Shows a file of an artifact in a container. It is a copy of the container's own, which any of its users can read, and which
 * stays when the artifact is removed.
 *
 * @throws EngineError `StoreCorrupt` for a file that is missing from the store before it was copied.
 */
export async function mountArtifact(
  context: Context,
  { id, config }: Pick<ContainerRecord, 'id' | 'config'>,
  { mount, index, target }: { mount: ContainerMount; index: number; target: string },
): Promise<void> {
  const folder = path.join(containerPaths(context, id).folder, 'overlays', String(index))
  const file = path.join(folder, 'file')
  if (!existsSync(file)) {
    const blobs = imageBlobs(context)
    const digest = mount.artifact as Digest
    if (!blobs.has(digest))
      throw new EngineError(
        'StoreCorrupt',
        `The file ${digest} of the artifact ${mount.source} is missing from the store: pull it again.`,
        {
          details: { name: mount.source, digest },
        },
      )
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    copyFileSync(blobs.path(digest), `${file}.new`, constants.COPYFILE_FICLONE)
    chmodSync(`${file}.new`, 0o644)
    const { uid, gid } = ownerOutside(config, { uid: 0, gid: 0 })
    chownSync(`${file}.new`, uid, gid)
    renameSync(`${file}.new`, file)
  }
  const fd = openSync(file, pathOnly | constants.O_NOFOLLOW)
  try {
    bindDescriptor(fd, target, [])
  } finally {
    closeSync(fd)
  }
}
