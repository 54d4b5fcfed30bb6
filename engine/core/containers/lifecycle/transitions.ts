import type { ContainerState } from '../../../contract/index.ts'
import { EngineError, type ErrorCode } from '../../../errors/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'

/** Properties of a state, independent of the verb that led to it. */
interface StateFacts {
  meaning: string
  /** It has processes. */
  live: boolean
  /** It holds resources of a run: processes, mounts, a network. The next caller that sees the run has ended frees them. */
  held: boolean
  /** Its process has ended. */
  ended: boolean
}

/** The states of a container; their names are podman's. */
export const containerStates: Readonly<Record<ContainerState, StateFacts>> = {
  unknown: { meaning: 'Written by no version.', live: false, held: false, ended: false },
  configured: { meaning: 'Written by no version; filters take it for `created`.', live: false, held: false, ended: false },
  created: { meaning: 'Never started.', live: false, held: false, ended: false },
  initialized: {
    meaning: 'Mounted and connected; the runtime holds its process before the first instruction.',
    live: false,
    held: true,
    ended: false,
  },
  running: { meaning: 'Its process runs.', live: true, held: true, ended: false },
  paused: { meaning: 'Its processes are frozen.', live: true, held: true, ended: false },
  stopping: {
    meaning: 'Its stop signal was sent. The record names the processes that wait for its end.',
    live: true,
    held: true,
    ended: false,
  },
  stopped: {
    meaning:
      'It has ended, and what follows is not done yet: freeing, restart or removal. A crash loop waits in it. Shown as `exited`.',
    live: false,
    held: true,
    ended: true,
  },
  exited: { meaning: 'It has ended, and holds nothing.', live: false, held: false, ended: true },
  removing: {
    meaning: 'Its files are being removed. No container can be made that needs it.',
    live: false,
    held: false,
    ended: false,
  },
}

/** A refusal. Code and message are podman's. */
interface Refusal {
  code: ErrorCode
  message: (container: { id: string; name: string; status: ContainerState }) => string
}

export interface Transition {
  /** States in which it is allowed. In all others it is refused. */
  from: readonly ContainerState[]
  /** The state while it is in progress, if it is another one. */
  passing?: ContainerState
  /** `same`: the state stays; `gone`: the container is removed. */
  to: ContainerState | 'same' | 'gone'
  caller: string
  /** The container's own lock, if it is held: all the time, or only at both ends, or a transaction alone. */
  lock: 'whole' | 'ends' | 'transaction' | 'none'
  /** What an abort by the caller leaves. */
  abort: string
  /** What a killed process leaves, and who continues. */
  crash: string
  refusal: Refusal
  /** Refusals of particular states. */
  refusals?: Partial<Record<ContainerState, Refusal>>
}

const improper = 'container state improper'
const invalid = (message: Refusal['message']): Refusal => ({ code: 'ContainerStateInvalid', message })
const idle = ['created', 'exited', 'stopped'] as const satisfies ContainerState[]
const live = ['running', 'paused', 'stopping'] as const satisfies ContainerState[]
const anyCaller = 'anyone'
const nothing = 'Nothing: it is one step.'

const alreadyStopped: Refusal = {
  code: 'ContainerAlreadyStopped',
  message: ({ id }) => `container ${id} is already stopped: container has already been stopped`,
}
const notStoppable = invalid(
  ({ id, status }) => `can only stop created or running containers. ${id} is in state ${status}: ${improper}`,
)
const notExecutable = invalid(
  ({ id, status }) => `can only create exec sessions on running containers: container ${id} is ${status}: ${improper}`,
)
const stop = {
  passing: 'stopping',
  to: 'exited',
  caller: anyCaller,
  lock: 'ends',
  abort: 'It is `running` again with its restart policy, unless it has ended or somebody else stops it.',
  crash: 'As after an abort: the next caller sees that the process named in the record is gone.',
  refusal: notStoppable,
  refusals: { exited: alreadyStopped, stopped: alreadyStopped },
} as const satisfies Omit<Transition, 'from'>

/** What each verb does to a container's state. Verbs ask this table; none compares states itself. */
export const transitions = {
  init: {
    from: idle,
    to: 'initialized',
    caller: 'anyone; `start` and `attach` where it has not been done',
    lock: 'whole',
    abort: 'The state stays; what was made is freed.',
    crash: 'The state stays; what was made is freed by the next `init` or `remove`.',
    refusal: invalid(({ id }) => `container ${id} has already been created in runtime: ${improper}`),
  },
  start: {
    from: [...idle, 'initialized'],
    passing: 'initialized',
    to: 'running',
    caller: 'anyone; the restart policy; `restart`',
    lock: 'whole',
    abort: 'The state stays; what was made is freed. With `--rm` the container is kept for another attempt.',
    crash: 'The state stays or is `initialized`, perhaps with a process that runs; the next `start` goes on from there.',
    refusal: invalid(
      ({ id }) =>
        `unable to start container ${JSON.stringify(id)}: container ${id} must be in Created or Stopped state to be started: ${improper}`,
    ),
    refusals: { running: { code: 'ContainerAlreadyStarted', message: ({ id }) => `container ${id} is already running` } },
  },
  stop: { ...stop, from: ['initialized', 'running', 'stopping'] },
  forceStop: { ...stop, from: ['initialized', ...live], caller: '`remove --force`, which ends frozen ones too' },
  restart: {
    from: [...idle, 'initialized', 'running', 'stopping'],
    passing: 'stopped',
    to: 'running',
    caller: anyCaller,
    lock: 'ends',
    abort: 'As `stop` before the end; after it, what follows from an end: restart policy or `--rm`.',
    crash: 'As after an abort, by the next caller: the record names the process that was to start it again.',
    refusal: invalid(() => `unable to restart a container in a paused or unknown state: ${improper}`),
  },
  kill: {
    from: live,
    to: 'same',
    caller: anyCaller,
    lock: 'none',
    abort: nothing,
    crash: nothing,
    refusal: invalid(({ id, status }) => `can only kill running containers. ${id} is in state ${status}: ${improper}`),
  },
  pause: {
    from: ['running'],
    to: 'paused',
    caller: anyCaller,
    lock: 'whole',
    abort: 'It runs to its end: freezing takes a moment.',
    crash: '`paused`, its processes frozen or not; `unpause` resumes them.',
    refusal: invalid(({ id }) => `"${id}" is not running, can't pause: ${improper}`),
    refusals: { paused: invalid(({ id }) => `"${id}" is already paused: ${improper}`) },
  },
  unpause: {
    from: ['paused'],
    to: 'running',
    caller: anyCaller,
    lock: 'whole',
    abort: 'It runs to its end: thawing takes a moment.',
    crash: '`paused` with running processes; `unpause` again goes on.',
    refusal: invalid(({ id }) => `"${id}" is not paused, can't unpause: ${improper}`),
  },
  exec: {
    from: ['running'],
    to: 'same',
    caller: anyCaller,
    lock: 'none',
    abort: 'The command is not started, or runs on without its reader.',
    crash: 'The command runs on under its own monitor.',
    refusal: notExecutable,
  },
  healthcheck: {
    from: ['running'],
    to: 'same',
    caller: 'anyone; its timer, which skips one that is paused or being stopped',
    lock: 'none',
    abort: 'Its command runs to its end or timeout, and counts.',
    crash: 'Its command runs to its end under its own monitor, and does not count.',
    refusal: invalid(({ id }) => `container ${id} is not running`),
  },
  attach: {
    from: ['created', 'exited', 'stopped', 'initialized', 'running'],
    to: 'same',
    caller: anyCaller,
    lock: 'none',
    abort: 'The connection is closed.',
    crash: 'The connection is closed; the monitor cleans up after the end.',
    refusal: invalid(
      ({ status }) => `can only attach to created or running containers - currently in state ${status}: ${improper}`,
    ),
  },
  resize: {
    from: ['initialized', 'running'],
    to: 'same',
    caller: anyCaller,
    lock: 'none',
    abort: nothing,
    crash: nothing,
    refusal: invalid(({ status }) => `can only resize created or running containers - currently in state ${status}: ${improper}`),
  },
  top: {
    from: live,
    to: 'same',
    caller: anyCaller,
    lock: 'none',
    abort: nothing,
    crash: nothing,
    refusal: invalid(({ name, status }) => `top can only be used on running containers: container ${name} is ${status}.`),
  },
  checkpoint: {
    from: ['running'],
    to: 'exited',
    caller: anyCaller,
    lock: 'whole',
    abort: 'It runs on; the saved state is gone.',
    crash: '`running`, or ended with the state saved: the next caller frees it.',
    refusal: invalid(({ id }) => `"${id}" is not running, cannot checkpoint: ${improper}`),
  },
  restore: {
    from: idle,
    to: 'running',
    caller: anyCaller,
    lock: 'whole',
    abort: 'The state stays, and the saved one too.',
    crash: 'The state stays; what was made is freed by the next `init` or `remove`.',
    refusal: invalid(({ id }) => `container ${id} is running or paused, cannot restore: ${improper}`),
  },
  cleanup: {
    from: [...idle, 'removing'],
    to: 'exited',
    caller: "the monitor's exit command",
    lock: 'whole',
    abort: 'It runs to its end.',
    crash: '`stopped`: the next caller continues.',
    refusal: invalid(({ id, status }) => `container ${id} is ${status}, and cannot be cleaned up: ${improper}`),
  },
  remove: {
    from: [...idle, 'configured', 'unknown', 'initialized', 'removing'],
    passing: 'removing',
    to: 'gone',
    caller: 'anyone; `cleanup` of one with `--rm`; prune',
    lock: 'whole',
    abort: 'It runs to its end.',
    crash: '`removing`: `remove`, prune and `system check --repair` go on.',
    refusal: invalid(
      ({ id, status }) =>
        `cannot remove container ${id} as it is ${status} - running or paused containers cannot be removed without force: ${improper}`,
    ),
  },
  prune: {
    from: [...idle, 'removing'],
    passing: 'removing',
    to: 'gone',
    caller: anyCaller,
    lock: 'whole',
    abort: 'What is removed is gone, the rest stays.',
    crash: 'As `remove`.',
    refusal: invalid(({ id, status }) => `container ${id} is not pruned as it is ${status}: ${improper}`),
  },
  edit: {
    from: [...idle, 'initialized', 'running', 'stopping'],
    passing: 'stopped',
    to: 'same',
    caller: anyCaller,
    lock: 'ends',
    abort: 'It is as before, and runs if it ran.',
    crash: 'It has the old configuration or the new one; one that ran is ended, and what follows is as after an aborted restart.',
    refusal: invalid(({ id, status }) => `container ${id} is ${status}, and cannot be edited: ${improper}`),
  },
  editStopped: {
    from: [...idle],
    to: 'same',
    caller: '`edit`, once it was stopped',
    lock: 'transaction',
    abort: nothing,
    crash: nothing,
    refusal: invalid(({ id, status }) => `container ${id} is ${status} again, and cannot be edited: ${improper}`),
  },
  update: {
    from: [...idle, 'initialized', ...live],
    to: 'same',
    caller: anyCaller,
    lock: 'whole',
    abort: 'Nothing, or it is done.',
    crash:
      'The limits of what runs may be the new ones, and those in the record the old ones, which count from the next start on.',
    refusal: invalid(({ id, status }) => `container ${id} is ${status}, and cannot be updated: ${improper}`),
  },
  commit: {
    from: [...idle, 'initialized', 'running', 'paused'],
    passing: 'paused',
    to: 'same',
    caller: anyCaller,
    lock: 'whole',
    abort: 'Nothing is left of the image; it runs on.',
    crash: 'Nothing is left of the image; with `--pause` it is `paused`, and `unpause` resumes it.',
    refusal: invalid(({ id, status }) => `container ${id} is ${status}, and cannot be committed: ${improper}`),
  },
  rename: {
    from: Object.keys(containerStates) as ContainerState[],
    to: 'same',
    caller: anyCaller,
    lock: 'transaction',
    abort: nothing,
    crash: nothing,
    refusal: invalid(({ id }) => `container ${id} cannot be renamed: ${improper}`),
  },
} as const satisfies Record<string, Transition>

export type LifeVerb = keyof typeof transitions

/** Whether a verb is allowed in a state. */
export function permits(verb: LifeVerb, status: ContainerState): boolean {
  return (transitions[verb].from as readonly ContainerState[]).includes(status)
}

/** @throws EngineError the verb's refusal, for a container in a state that does not allow it. */
export function requirePermitted(verb: LifeVerb, { id, name, state: { status } }: ContainerRecord): void {
  if (permits(verb, status)) return
  const transition: Transition = transitions[verb]
  const { code, message } = transition.refusals?.[status] ?? transition.refusal
  throw new EngineError(code, message({ id, name, status }), { details: { container: id, state: status } })
}

/** Whether it may hold resources of a run, by the record. */
export function holdsRun({ state }: ContainerRecord): boolean {
  return containerStates[state.status].held
}

/** Whether the container has processes, by the record. */
export function isLive({ state }: ContainerRecord): boolean {
  return containerStates[state.status].live
}

/** Whether its processes run and are not frozen or being ended, by the record. */
export function isRunning({ state }: ContainerRecord): boolean {
  return state.status === 'running'
}

/** Whether its process has ended, by the record. */
export function isOver({ state }: ContainerRecord): boolean {
  return containerStates[state.status].ended
}
