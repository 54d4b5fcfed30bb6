import { bootId, isAlive, processStartTime } from '../../../lib/process/process.ts'
import { randomId } from '../../../lib/random-id.ts'
import type { ContainerRunState, Stopper } from '../../../store/index.ts'

/** This process as a container's stopper. */
export function newStopper(purpose: Stopper['purpose']): Stopper {
  return { token: randomId(), pid: process.pid, startTime: processStartTime(process.pid) ?? '', purpose }
}

/** A container's stoppers that are still running. */
export function activeStoppers({ stoppers = [], bootId: boot }: ContainerRunState): Stopper[] {
  return boot === bootId() ? stoppers.filter(({ pid, startTime }) => isAlive(pid, startTime)) : []
}

/** Whether it was stopped by a stop, and not by a restart. */
export function wasStopped({ stoppers = [], stoppedByUser }: ContainerRunState): boolean {
  return stoppedByUser || stoppers.some(({ purpose }) => purpose !== 'restart')
}

/** The state of a container whose stop was cancelled. */
export const stillRunning = { status: 'running', stoppedByUser: false, stoppers: [] } satisfies Partial<ContainerRunState>
