import { rmSync } from 'node:fs'

import type { Output, Parsed } from '../../contract/index.ts'
import { containerById, findContainer } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { execFolder } from '../paths.ts'
import { hasEnded } from './lifecycle/observe.ts'
import { removeLocked } from './lifecycle/delete-container.ts'
import { reconcile } from './lifecycle/reconcile.ts'
import { waitFile, waitsForRestart } from './lifecycle/restart-wait.ts'
import { holdsRun, requirePermitted } from './lifecycle/transitions.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/**
 * Frees what an exited container still holds, and applies its restart policy; with `remove`, removes it unless it was restarted.
 * Idempotent. Called by the monitor's exit command; other processes that see an exited container do the same.
 *
 * @throws EngineError `ContainerStateInvalid` for one that runs, unless `stoppedOnly` skips it.
 */
export async function cleanup(
  context: Context,
  { name, exec, remove, removeImage, stoppedOnly }: Parsed<'container.cleanup'>,
): Promise<Output<'container.cleanup'>> {
  const { id, config, pod } = findContainer(context.database, name)
  if (exec !== undefined) {
    await removeTree(execFolder(context, id, exec))
    return {}
  }
  await context.lock('container', id, async () => {
    const before = containerById(context.database, id)
    if (!before) return removeLockFile(context, id)
    const held = holdsRun(before)
    if (held && !hasEnded(context, before)) {
      // Restarted meanwhile: the exit command is about an earlier run.
      if (stoppedOnly) return
      requirePermitted('cleanup', before)
    }
    const record = held ? await reconcile(context, before) : before
    if (remove && !holdsRun(record) && containerById(context.database, id)) await removeLocked(context, record, { volumes: true })
  })
  if (pod !== null && !config.isInfra) await context.effects.followExitPolicy(pod)
  if (removeImage && config.image && !containerById(context.database, id)) await removeUnused(context, config.image.id)
  const now = containerById(context.database, id)
  return now && waitsForRestart(now) ? { RestartAt: now.state.restartAt, WaitFile: waitFile(context, id) } : {}
}

/** Removed while we waited for the lock: acquiring it created the file again. */
function removeLockFile(context: Context, id: string): void {
  rmSync(context.lockFile('container', id), { force: true })
}

/** An image that is in use or gone is no failure. */
async function removeUnused(context: Context, image: string): Promise<void> {
  await context.effects
    .removeImage(image)
    .catch((error: unknown) => context.log.info('an image stays', { object: image, reason: String(error) }))
}
