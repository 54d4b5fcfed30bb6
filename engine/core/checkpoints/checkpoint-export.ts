import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'

import { writeTar } from '../../lib/tar/index.ts'
import { containerById, findContainer, updateState } from '../../store/index.ts'
import { loadReconciled } from '../containers/lifecycle/reconcile.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { dumpLocked } from './dump.ts'
import { checkpointFiles, removeCheckpoint } from './files.ts'
import { gather } from './gather.ts'
import { requireCheckpoints } from './require-criu.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'

/**
 * Saves the state of a running container as an archive, and stops it unless `leaveRunning`. Once the response has started only its
 * transfer can fail; then, and with `keep`, the state is still in the container's store and can be restored from there.
 */
export const checkpointExport: Verb<'container.checkpointExport'> = async (context, input, { signal }) => {
  const { id } = findContainer(context.database, input.name)
  await requireCheckpoints(context, 'checkpoint', signal)
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
  return archiveOf(context, id, workspace, input)
}

async function* archiveOf(
  context: Context,
  id: string,
  workspace: Workspace,
  { compress, keep }: { compress: 'zstd' | 'gzip' | 'none'; keep: boolean },
): AsyncGenerator<Uint8Array> {
  try {
    const archive = writeTar(treeMembers(workspace.path))
    if (compress === 'none') yield* archive
    else yield* compressed(archive, compress === 'zstd' ? createZstdCompress() : createGzip())
    if (!keep) await forget(context, id)
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

async function forget(context: Context, id: string): Promise<void> {
  await removeCheckpoint(checkpointFiles(context, id))
  await context.database.transaction(() => {
    if (containerById(context.database, id)) updateState(context.database, id, { checkpointed: false, checkpointPath: '' })
  })
}
