import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'

/** What systemd takes as a request to shut down: SIGRTMIN+3. */
export const systemdStopSignal = 37

const initPrograms = new Set(['/sbin/init', '/usr/sbin/init', '/usr/local/sbin/init'])

/**
 * Whether a container is made ready for systemd as its first process: with `always`, and by default where its program is one.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function isSystemdMode({ systemd }: ContainerSpec, [program = '']: readonly string[]): boolean {
  switch (systemd || 'true') {
    case 'always':
      return true
    case 'true':
      return initPrograms.has(program) || path.posix.basename(program) === 'systemd'
    case 'false':
      return false
    default: {
      const message = `--systemd values must be one of "true, false, always", not ${JSON.stringify(systemd)}`
      throw new EngineError('InvalidArgument', message, { details: { field: 'systemd' } })
    }
  }
}
