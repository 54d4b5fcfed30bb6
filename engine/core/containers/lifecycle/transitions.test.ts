import { expect, test } from 'vitest'

import type { ContainerState } from '../../../contract/index.ts'
import { type ContainerRecord, freshState } from '../../../store/index.ts'
import { containerStates, type LifeVerb, permits, requirePermitted, transitions } from './transitions.ts'

const states = Object.keys(containerStates) as ContainerState[]
const verbs = Object.keys(transitions) as LifeVerb[]

function refusal(verb: LifeVerb, status: ContainerState): { code: string; message: string } | undefined {
  try {
    requirePermitted(verb, { id: 'ID', name: 'NAME', state: { ...freshState(), status } } as ContainerRecord)
    return undefined
  } catch (error) {
    return error as { code: string; message: string }
  }
}

/** `+` goes ahead, `.` is refused for its state, `s` has started and `e` has ended already. */
const expected = `
             unknown configured created initialized running paused stopping stopped exited removing
init            .         .        +         .         .      .       .        +      +       .
start           .         .        +         +         s      .       .        +      +       .
stop            .         .        .         +         +      .       +        e      e       .
forceStop       .         .        .         +         +      +       +        e      e       .
restart         .         .        +         +         +      .       +        +      +       .
kill            .         .        .         .         +      +       +        .      .       .
pause           .         .        .         .         +      .       .        .      .       .
unpause         .         .        .         .         .      +       .        .      .       .
exec            .         .        .         .         +      .       .        .      .       .
healthcheck     .         .        .         .         +      .       .        .      .       .
attach          .         .        +         +         +      .       .        +      +       .
resize          .         .        .         +         +      .       .        .      .       .
top             .         .        .         .         +      +       +        .      .       .
checkpoint      .         .        .         .         +      .       .        .      .       .
restore         .         .        +         .         .      .       .        +      +       .
cleanup         .         .        +         .         .      .       .        +      +       +
remove          +         +        +         +         .      .       .        +      +       +
prune           .         .        +         .         .      .       .        +      +       +
edit            .         .        +         +         +      .       +        +      +       .
editStopped     .         .        +         .         .      .       .        +      +       .
update          .         .        +         +         +      +       +        +      +       .
commit          .         .        +         +         +      +       .        +      +       .
rename          +         +        +         +         +      +       +        +      +       +
`

const marks = { ContainerStateInvalid: '.', ContainerAlreadyStarted: 's', ContainerAlreadyStopped: 'e' } as Record<string, string>

test('every verb in every state: allowed, or the refusal that it has', () => {
  const [heads = [], ...rows] = expected
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  expect(heads).toEqual(states)
  const table = verbs.map((verb) => [verb, ...states.map((state) => marks[refusal(verb, state)?.code ?? ''] ?? '+')])
  expect(table).toEqual(rows)
  for (const verb of verbs) for (const state of states) expect(permits(verb, state)).toBe(refusal(verb, state) === undefined)
})

test.each([
  ['init', 'running', 'container ID has already been created in runtime: container state improper'],
  ['start', 'running', 'container ID is already running'],
  [
    'start',
    'stopping',
    'unable to start container "ID": container ID must be in Created or Stopped state to be started: container state improper',
  ],
  ['stop', 'created', 'can only stop created or running containers. ID is in state created: container state improper'],
  ['stop', 'exited', 'container ID is already stopped: container has already been stopped'],
  ['restart', 'paused', 'unable to restart a container in a paused or unknown state: container state improper'],
  ['kill', 'exited', 'can only kill running containers. ID is in state exited: container state improper'],
  ['pause', 'stopping', '"ID" is not running, can\'t pause: container state improper'],
  ['unpause', 'running', '"ID" is not paused, can\'t unpause: container state improper'],
  ['exec', 'stopping', 'can only create exec sessions on running containers: container ID is stopping: container state improper'],
  [
    'attach',
    'stopping',
    'can only attach to created or running containers - currently in state stopping: container state improper',
  ],
  ['resize', 'exited', 'can only resize created or running containers - currently in state exited: container state improper'],
  ['top', 'exited', 'top can only be used on running containers: container NAME is exited.'],
  ['checkpoint', 'exited', '"ID" is not running, cannot checkpoint: container state improper'],
  ['restore', 'running', 'container ID is running or paused, cannot restore: container state improper'],
  ['cleanup', 'running', 'container ID is running, and cannot be cleaned up: container state improper'],
  [
    'remove',
    'stopping',
    'cannot remove container ID as it is stopping - running or paused containers cannot be removed without force: container state improper',
  ],
] as const)("%s of a container that is %s is refused with podman's message", (verb, state, message) => {
  expect(refusal(verb, state)?.message).toBe(message)
})

test('the table holds together: verbs end in states, and what is live holds a run', () => {
  for (const state of states) if (containerStates[state].live) expect(containerStates[state].held).toBe(true)
  for (const verb of verbs) {
    const { to } = transitions[verb]
    if (to !== 'same' && to !== 'gone') expect(states).toContain(to)
  }
})
