import { requireCriu, tracksMemory } from '../../adapters/criu.ts'
import { EngineError } from '../../errors/index.ts'
import type { Context } from '../context.ts'

/** @throws EngineError `CheckpointNeedsRoot` for ordinary users, with what they can do instead; `ProgramMissing`, `NotSupported`. */
export async function requireCheckpoints(
  context: Context,
  action: 'checkpoint' | 'restore',
  signal?: AbortSignal,
): Promise<void> {
  const { rootless, userName } = context.identity
  if (rootless) {
    const message = `${userName} cannot ${action} containers, which needs root so far: stop the container and start it again, or ask an administrator to run it in the system store.`
    throw new EngineError('CheckpointNeedsRoot', message, { details: { user: userName } })
  }
  await requireCriu({ signal })
}

/** Checkpoints in several steps. @throws EngineError `InvalidArgument`; `NotSupported` where the kernel does not track memory. */
export async function requireSteps(
  { preCheckpoint, withPrevious }: { preCheckpoint: boolean; withPrevious: boolean },
  signal?: AbortSignal,
): Promise<void> {
  if (preCheckpoint && withPrevious)
    throw new EngineError('InvalidArgument', '--with-previous can not be used with --pre-checkpoint')
  if ((!preCheckpoint && !withPrevious) || (await tracksMemory({ signal }))) return
  throw new EngineError(
    'NotSupported',
    'This host does not support checkpoints in several steps: its kernel does not track changes of memory (criu check --feature mem_dirty_track); leave --pre-checkpoint and --with-previous out.',
    { details: { field: preCheckpoint ? 'preCheckpoint' : 'withPrevious' } },
  )
}

/** CRIU would restore its processes with ids that are not theirs. */
export function ownIdsRefused(name: string): EngineError {
  return new EngineError(
    'NotSupported',
    `Container ${name} has a user namespace of its own and cannot be checkpointed or restored yet: stop and start it instead.`,
    { details: { field: 'userns' } },
  )
}
