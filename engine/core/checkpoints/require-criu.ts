import { requireCriu } from '../../adapters/criu.ts'
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

/** CRIU would restore its processes with ids that are not theirs. */
export function ownIdsRefused(name: string): EngineError {
  return new EngineError(
    'NotSupported',
    `Container ${name} has a user namespace of its own and cannot be checkpointed or restored yet: stop and start it instead.`,
    { details: { field: 'userns' } },
  )
}
