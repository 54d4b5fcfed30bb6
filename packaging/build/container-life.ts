import type { ContainerState } from '../../engine/contract/index.ts'
import {
  containerStates,
  type LifeVerb,
  permits,
  type Transition,
  transitions,
} from '../../engine/core/containers/lifecycle/transitions.ts'

/** docs/container-life.md, from the table. */
export function lifeDocument(): string {
  const states = Object.keys(containerStates) as ContainerState[]
  const verbs = Object.keys(transitions) as LifeVerb[]
  return (
    [
      '# The life of a container',
      'Written by `npm run docs` from `engine/core/containers/lifecycle/transitions.ts`; a test holds it against that.',
      '## States',
      table(
        ['state', 'meaning', 'has processes', 'holds mounts, network, cgroup'],
        states.map((state) => {
          const { meaning, live, held } = containerStates[state]
          return [code(state), meaning, yes(live), yes(held)]
        }),
      ),
      [
        'Reading (`ps`, `inspect`, `stats`, `logs`, the page) sees that a container has ended and notes it: exit code, time, the event',
        '`died`, and the state `stopped`, which is shown as `exited`. What follows from the end (freeing, the restart policy, `--rm`, the',
        "pod's exit policy) is done, under the container's lock, by the first of these:",
        '',
        "- the monitor's exit command (`container cleanup`);",
        '- `wait`, and with it `run` and `start --attach`, which wait for the end;',
        '- the next verb that changes the container: `start`, `init`, `stop`, `restart`, `pause`, `unpause`, `checkpoint`, `restore`, `rm`, `prune`;',
        '- any start that meets a port or an address that is taken;',
        '- an API service or agent, some seconds after an end that nobody acted on;',
        '- after a reboot, `berth-restart.service`.',
      ].join('\n'),
      '## Verbs',
      table(
        ['verb', 'from', 'meanwhile', 'to', 'by', 'lock', 'given up in the middle', 'killed in the middle'],
        verbs.map((verb) => {
          const { from, passing, to, caller, lock, abort, crash }: Transition = transitions[verb]
          const all = from.length === states.length
          const origin = all ? 'any' : from.map(code).join(', ')
          return [code(verb), origin, passing ? code(passing) : '', code(to), caller, lock, abort, crash]
        }),
      ),
      "`lock` is the container's own: held all the time (`whole`), only when the state changes (`ends`), a transaction alone, or none.",
      '## Refusals',
      table(
        ['verb', 'in state', 'code', 'message'],
        verbs.flatMap((verb) => refusals(verb, states)),
      ),
    ].join('\n\n') + '\n'
  )
}

/** One row for each message that a verb has. */
function refusals(verb: LifeVerb, states: readonly ContainerState[]): string[][] {
  const transition: Transition = transitions[verb]
  const byText = Map.groupBy(
    states.filter((state) => !permits(verb, state)),
    (state) => {
      const { code: failure, message } = transition.refusals?.[state] ?? transition.refusal
      return `${failure}\n${message({ id: 'ID', name: 'NAME', status: 'STATE' as ContainerState })}`
    },
  )
  return [...byText].map(([text, inStates]) => {
    const [failure = '', message = ''] = text.split('\n')
    return [code(verb), inStates.map(code).join(', '), code(failure), message]
  })
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const code = (text: string): string => `\`${text}\``
const yes = (is: boolean): string => (is ? 'yes' : '')
