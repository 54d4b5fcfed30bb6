import type { ContainerSummary } from './live/live-data.ts'

/** A container's name, without the leading slash of Docker's clients. */
export const nameOf = ({ Names, Id }: ContainerSummary): string => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)

/** Whether a container has processes, running or paused. */
export const isActive = ({ State }: ContainerSummary): boolean =>
  State === 'running' || State === 'paused' || State === 'stopping'

/** Whether a prune removes it: it neither runs, nor waits for its restart. Infra containers go with their pods. */
export const isPrunable = (container: ContainerSummary): boolean =>
  !container.IsInfra && !isActive(container) && container.RestartAt === undefined

/** A container that has run for so many seconds since its restart is no longer in a crash loop; the engine counts the same. */
const steadyRun = 10

/** Whether its restart policy restarts it again and again: it waits for the next attempt, or has just begun one. `now`: in seconds. */
export const isRestarting = ({ State, Restarts, RestartAt, StartedAt }: ContainerSummary, now: number): boolean =>
  RestartAt !== undefined || (Restarts > 0 && State === 'running' && now - StartedAt < steadyRun)

/** What tells more of a container than its state, and is shown instead of it; `undefined`: its state. `now`: in seconds. */
export function insteadOfState(
  container: ContainerSummary,
  now: number,
): 'restarting' | 'checkpointed' | 'out-of-memory' | undefined {
  if (isRestarting(container, now)) return 'restarting'
  if (container.Checkpointed) return 'checkpointed'
  return container.OOMKilled ? 'out-of-memory' : undefined
}

/** What the list calls a container's state, and how healthy it is: what a person filters by. `now`: in seconds. */
export function shownStates(container: ContainerSummary, now: number): readonly string[] {
  const { State, Status } = container
  const other = insteadOfState(container, now)
  if (other) return [other]
  const state = State === 'configured' || State === 'initialized' ? 'created' : State
  return isActive(container) && Status !== '' ? [state, Status] : [state]
}

/** Whether it ended by the signal of a person's stop, SIGKILL among them: its exit code is no error. */
export const wasStopped = ({ State, StoppedByUser, ExitCode }: ContainerSummary): boolean =>
  (State === 'exited' || State === 'stopped') && StoppedByUser === true && (ExitCode === 137 || ExitCode === 143)

/** Whether it ended with an error that nobody asked for. */
export const hasFailed = (container: ContainerSummary): boolean =>
  (container.State === 'exited' || container.State === 'stopped') &&
  container.ExitCode !== 0 &&
  container.Checkpointed !== true &&
  !wasStopped(container)
