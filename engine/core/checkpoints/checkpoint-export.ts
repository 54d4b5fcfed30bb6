import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'

import { writeTar } from '../../lib/tar/index.ts'
import { findContainer } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import type { Verb } from '../verb.ts'
import { dumpLocked } from './dump.ts'
import { gather } from './gather.ts'
import { requireCheckpoints, requireSteps } from './require-criu.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'

/**
 * Saves the state of a running container as an archive, and stops it unless `leaveRunning`. Once the response has started only its
 * transfer can fail. The state is in the container's store as well and can be restored from there, as with podman.
 */
export const checkpointExport: Verb<'container.checkpointExport'> = async (context, input, { signal }) => {
  const { id } = findContainer(context.database, input.name)
  await requireCheckpoints(context, 'checkpoint', signal)
  await requireSteps(input, signal)
  const workspace = makeWorkspace(context)
  try {
    await context.lock(
      'container',
      id,
      async () => {
        const record = await dumpLocked(context, await loadReconciled(context, id), { ...input, signal })
        await gather(context, record, workspace.path, input)
      },
      { signal },
    )
  } catch (error) {
    await workspace.remove()
    throw error
  }
  return archiveOf(workspace, input.compress)
}

async function* archiveOf(workspace: Workspace, compress: 'zstd' | 'gzip' | 'none'): AsyncGenerator<Uint8Array> {
  try {
    const archive = writeTar(treeMembers(workspace.path))
    if (compress === 'none') yield* archive
    else yield* compressed(archive, compress === 'zstd' ? createZstdCompress() : createGzip())
  } finally {
    await workspace.remove()
  }
}

async function* compressed(archive: AsyncIterable<Uint8Array>, engine: Transform): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(archive, { objectMode: false }), engine)
  // Its failure ends the iteration too, which reports it.
  fed.catch(() => {})
  for await (const chunk of engine) yield chunk as Buffer
  await fed
}
