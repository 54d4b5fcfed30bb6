import type { Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { alignTable } from '../../output/table.ts'
import { latestContainer } from '../../flags/targets.ts'
import { bool } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { missingAs } from '../../output/missing.ts'
import { print } from '../../output/print.ts'

const flags = { latest: bool('l', 'Act on the latest one') }
const usage = (noun: string) => `${noun} [FORMAT-DESCRIPTORS|ARGS...]`

export const top = command({
  summary: 'Display the running processes of a container',
  description:
    'Displays the running processes of a container: with descriptors such as user, pid, pcpu, etime, args, or with arguments of ps(1).',
  usage: usage('CONTAINER'),
  examples: ['berth top web', 'berth top web pid comm'],
  flags,
  stopAtFirst: true,
  async run({ args, flags, engine }) {
    const api = await engine()
    const [name, ...words] = flags.latest ? [(await latestContainer(api)).Id, ...args] : args
    if (name === undefined) throw new UsageError('you must provide the name or id of a running container')
    show(
      await api['container.top']({ name, ps_args: words.length > 0 ? words : undefined }).catch(
        missingAs('ContainerNotFound', (message) => `unable to look up requested container: ${message}`),
      ),
    )
  },
})

export const podTop = command({
  summary: 'Display the running processes of containers in a pod',
  usage: usage('POD'),
  flags,
  stopAtFirst: true,
  async run({ args, flags, engine }) {
    const api = await engine()
    const [latest] = flags.latest ? (await api['pod.list']({})).toSorted((a, b) => (a.Created < b.Created ? 1 : -1)) : []
    const [name, ...words] = latest ? [latest.Id, ...args] : args
    if (name === undefined) throw new UsageError('you must provide the name or id of a running pod')
    try {
      show(await api['pod.top']({ name, ps_args: words.length > 0 ? words : undefined }))
    } catch (error) {
      // As podman: of a pod in which nothing runs there is nothing to show.
      if (!EngineError.is(error, 'PodStateInvalid')) throw error
    }
  },
})

function show({ Titles, Processes, Lines }: Output<'container.top'>): void {
  if (Lines) return print(`${Lines.join('\n')}\n`)
  print(`${alignTable([Titles, ...Processes].map((row) => row.join('\t')).join('\n'))}\n`)
}
