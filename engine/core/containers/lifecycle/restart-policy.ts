import { bootId } from '../../../lib/process/process.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import { wasStopped } from './stoppers.ts'

/** Whether a container that has exited with its exit code is to be restarted immediately. */
export function shouldRestart({ config, state }: Pick<ContainerRecord, 'config' | 'state'>): boolean {
  // After a reboot the start-up units restart it, after a stop the user.
  if (state.bootId !== bootId() || wasStopped(state)) return false
  switch (config.restart.name) {
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure':
      return state.exitCode !== 0 && (config.restart.maximumRetries === 0 || state.restarts < config.restart.maximumRetries)
    default:
      return false
  }
}

/** Milliseconds before the second restart, and the longest time: as Docker documents them. The first comes at once, as podman's do. */
const firstDelay = 100
const longestDelay = 60_000

/** A run of so many milliseconds was no crash at start. */
const steadyRun = 10_000

/**
 * Milliseconds to wait before a container that has exited is restarted: doubled with each run that was short. `record.state` has the
 * facts of the exit.
 */
export function restartDelay({ state }: Pick<ContainerRecord, 'state'>): number {
  const ran = Date.parse(state.finishedAt) - Date.parse(state.startedAt)
  if (state.restartDelay === undefined || ran >= steadyRun) return 0
  return Math.min(longestDelay, Math.max(firstDelay, state.restartDelay * 2))
}

/** Whether a container is to be started when the host has booted: as podman-ps(1) has it for `should-start-on-boot`. */
export function shouldStartOnBoot({ config, state }: Pick<ContainerRecord, 'config' | 'state'>): boolean {
  return config.restart.name === 'always' || (config.restart.name === 'unless-stopped' && !state.stoppedByUser)
}
