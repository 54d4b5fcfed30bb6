import { bootId } from '../../../lib/process.ts'
import type { ContainerRecord } from '../../../store/index.ts'

/** Whether a container that just ended is to be started again. `ended` is its record before that was noted. */
export function shallRestart({ config, state }: ContainerRecord, ended: ContainerRecord): boolean {
  // After a reboot it is the start-up units' work, and after a stop a person's.
  if (ended.state.status !== 'running' || ended.state.bootId !== bootId() || ended.state.stoppedByUser) return false
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
