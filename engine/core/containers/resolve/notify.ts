import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { HealthSettings, NotifySettings } from '../../../store/index.ts'

const modes = ['container', 'conmon', 'healthy', 'ignore'] as const

/**
 * Whom a container's start is told to.
 *
 * @param socket $NOTIFY_SOCKET of the caller; none of a service's callers.
 * @returns `undefined` where nobody is told.
 * @throws EngineError `InvalidArgument`, with podman's messages.
 */
export function resolveNotify(
  { sdnotifyMode }: ContainerSpec,
  health: HealthSettings | undefined,
  socket: string | undefined,
): NotifySettings | undefined {
  const mode = modes.find((each) => each === (sdnotifyMode || 'container'))
  if (mode === undefined)
    throw wrong(`invalid sdnotify value ${JSON.stringify(sdnotifyMode)}: must be conmon, container, healthy or ignore`)
  if (mode === 'healthy' && !health) throw wrong('sdnotify policy "healthy" requires a healthcheck to be set')
  return mode === 'ignore' || !socket ? undefined : { mode, socket }
}

function wrong(message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'sdnotifyMode' } })
}
