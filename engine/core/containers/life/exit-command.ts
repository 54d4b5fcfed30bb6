import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'

/** How often, 50 ms apart, the monitor looks whether whoever attached has cleaned up. */
const patience = 8

/**
 * What a container's monitor runs when the container has ended: ourselves, with the store it belongs to.
 *
 * @param attended whether the process that makes it ready is attached to it. That one sees the end first and does what is
 * to be done, so the monitor only starts another of us, which costs more than all the rest, if nobody did: the container
 * has then been detached from, or the attached process was killed.
 */
export function exitCommand(context: Context, record: ContainerRecord, attended = false): string[] {
  const { self, root, runRoot } = context
  const { id, config } = record
  const cleanup = [
    ...self,
    '--root',
    root,
    '--runroot',
    runRoot,
    'container',
    'cleanup',
    '--stopped-only',
    ...(config.autoRemove ? ['--rm'] : []),
    id,
  ]
  return attended && mayWait(record) ? ['/bin/sh', '-c', waiting, 'berth-exit', lastToGo(context, record), ...cleanup] : cleanup
}

const waiting =
  `gone=$1; shift; left=${patience}; ` +
  'while [ $left -gt 0 ]; do sleep 0.05; [ -e "$gone" ] || exit 0; left=$((left-1)); done; exec "$@"'

/** Whether nothing but cleaning up follows from its end. */
function mayWait({ config, pod }: ContainerRecord): boolean {
  return pod === null && !config.removeImage && (config.restart.name === 'no' || config.restart.name === '')
}

/** What is removed last, so that its absence says that all is done. */
function lastToGo(context: Context, { id, config }: ContainerRecord): string {
  return config.autoRemove ? context.lockFile('container', id) : containerPaths(context, id).run
}
