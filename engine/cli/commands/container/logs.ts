import type { Engine, OutputChunk } from '../../../contract/index.ts'
import { command } from '../../command.ts'
import { latestContainer } from '../../flags/targets.ts'
import { bool, numberOr, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { shortId } from '../../../spec/name.ts'
import { stderr, stdout } from '../../output/print.ts'

/** Flags of `logs` and `pod logs`. */
export const logFlags = {
  color: bool('', 'Output the containers with different colors in the log'),
  follow: bool('f', 'Follow log output'),
  names: bool('n', 'Output the container name in the log'),
  since: text('', 'Show logs since TIMESTAMP'),
  tail: numberOr('', 'Output the specified number of LINES at the end of the logs; -1 for all', -1),
  timestamps: bool('t', 'Output the timestamps in the log'),
  until: text('', 'Show logs until TIMESTAMP'),
}

/** Docker's: no log of ours has any. */
const noDetails = bool('', 'Show extra details provided to the logs', false, { hidden: true })

export const logs = command({
  summary: 'Fetch the logs of one or more containers',
  usage: 'CONTAINER [CONTAINER...]',
  examples: ['berth logs web', 'berth logs --tail 2 web', 'berth logs --follow --since 10m web'],
  flags: { ...logFlags, details: noDetails, latest: bool('l', 'Act on the latest container') },
  async run({ args, flags, engine }) {
    if (flags.latest && args.length > 0) throw new UsageError('--latest and containers cannot be used together')
    const api = await engine()
    const names = flags.latest ? [(await latestContainer(api)).Id] : args
    if (names.length === 0) throw new UsageError('specify at least one container name or ID to log')
    await showLogs(api, names, flags, names.length > 1)
  },
})

/** What decides which lines are shown, and how. */
export interface LogFlags {
  color: boolean
  follow: boolean
  names: boolean
  since?: string | undefined
  tail: number
  timestamps: boolean
  until?: string | undefined
}

/** Podman's, in its order: white, red, yellow, blue, magenta, cyan, green. */
const colors = [37, 31, 33, 34, 35, 36, 32]

/** Prints containers' logs: one after another, or, when they are followed, as lines come. @param labelled names each line's container. */
export async function showLogs(api: Engine, names: readonly string[], flags: LogFlags, labelled: boolean): Promise<void> {
  const signal = signalWhenInterrupted()
  const input = {
    follow: flags.follow,
    since: flags.since,
    until: flags.until,
    timestamps: flags.timestamps,
    ...(flags.tail >= 0 ? { tail: String(flags.tail) } : {}),
  }
  // Nothing is shown when one of them is missing.
  const found = labelled ? await Promise.all(names.map((name) => api['container.inspect']({ name }))) : []
  const readOne = async (name: string, index: number) => {
    const { Id = '', Name = '' } = found[index] ?? {}
    const label = found.length === 0 ? '' : `${flags.names ? Name : shortId(Id)} `
    const dye = flags.color ? `\u001b[${colors[index % colors.length]}m` : ''
    const chunks = await api['container.logs']({ name, ...input }, { signal })
    try {
      for await (const chunk of chunks) print(chunk, `${dye}${label}`, dye === '' ? '' : '\u001b[0m')
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  if (flags.follow) await Promise.all(names.map(readOne))
  else for (const [index, name] of names.entries()) await readOne(name, index)
}

function print({ stream, data }: OutputChunk, before: string, after: string): void {
  const target = stream === 'stderr' ? stderr() : stdout()
  if (before === '') target.write(data)
  else target.write(new TextDecoder().decode(data).replace(/^(.+)$/gm, `${before}$1${after}`))
}
