import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import { storeFlagsOf } from '../../store-flags.ts'
import { attendExit } from './attended-exits.ts'

/** How often the monitor checks whether the attached process has cleaned up: for two seconds, which ten at once need on a busy host. */
const attempts = 20

/**
 * The monitor's exit command: `berth container cleanup` with this store. Where this process sees the exit first and cleans up, because
 * it stays attached or is a service, which notes the container for that, the monitor starts a process, the costliest part, only if
 * nothing was cleaned up: this process has ended, or serves others and was left by its client.
 *
 * @param attended whether the process that initializes it stays attached.
 */
export function exitCommand(context: Context, record: ContainerRecord, attended = false): string[] {
  const { id, config } = record
  const cleanup = [
    ...context.self,
    ...storeFlagsOf(context),
    'container',
    'cleanup',
    '--stopped-only',
    ...(config.autoRemove ? ['--rm'] : []),
    id,
  ]
  if (!onlyCleanup(record) || !(attended || attendExit(context, id))) return cleanup
  return ['/bin/sh', '-c', waitScript, 'berth-exit', lastRemoved(context, record), String(process.pid), ...cleanup]
}

const waitScript =
  `gone=$1 attached=$2 left=${attempts}; shift 2; ` +
  'while [ $left -gt 0 ] && [ -e "/proc/$attached" ]; do ' +
  '[ $left -gt 15 ] && sleep 0.05 || sleep 0.12; [ -e "$gone" ] || exit 0; left=$((left-1)); done; ' +
  '[ -e "$gone" ] || exit 0; exec "$@"'

/** Whether its exit leads to nothing but cleanup. */
function onlyCleanup({ config, pod }: ContainerRecord): boolean {
  return pod === null && !config.removeImage && (config.restart.name === 'no' || config.restart.name === '')
}

/** The file that is removed last: once it is missing, cleanup is done. */
function lastRemoved(context: Context, { id, config }: ContainerRecord): string {
  return config.autoRemove ? context.lockFile('container', id) : containerPaths(context, id).run
}
