import { waitForExit } from '../../adapters/conmon/index.ts'
import type { OutputChunk } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ContainerRecord, nowNano } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { type LogStreamOptions, streamLog } from '../logs/stream.ts'
import { containerPaths } from '../paths.ts'
import { parseMoment } from '../time/moment.ts'
import { waitUntil } from '../time/wait-until.ts'
import type { Verb } from '../verb.ts'
import { isLive } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'
import { logFile } from './records/log-file.ts'

/**
 * A container's log. `follow` continues until the container exits, or `until`; the log of one that does not run is read to its end.
 */
export const logs: Verb<'container.logs'> = async (context, input, { signal }) => {
  if (!input.stdout && !input.stderr)
    throw new EngineError('InvalidArgument', `you must choose at least one stream of ${input.name}: stdout or stderr`, {
      details: { field: 'stdout' },
    })
  const found = await locate(context, input.name)
  const journal = found.config.log.driver === 'journald'
  const { record, file } = journal ? { record: found, file: '' } : await logFile(context, input.name)
  const since = input.since ? parseMoment(input.since, 'since') : undefined
  const until = input.until ? parseMoment(input.until, 'until', true) : undefined
  const follow = input.follow && isLive(record) && (until === undefined || until > nowNano())
  const { stdout, stderr, timestamps } = input
  const selection = { stdout, stderr, timestamps, since, until, tail: tailOf(input.tail), signal }
  const open = await opener(record, file, journal)
  return follow ? following(context, record, until, signal, (end) => open({ ...selection, follow: end })) : open(selection)
}

async function opener(
  { id }: ContainerRecord,
  file: string,
  journal: boolean,
): Promise<(options: Omit<LogStreamOptions, 'file'>) => AsyncIterable<OutputChunk>> {
  if (!journal) return (options) => streamLog({ ...options, file })
  const { streamJournal } = await import('../logs/journal.ts')
  return (options) => streamJournal(id, options)
}

/** Frees the watches on the container's end and on the clock as soon as its reader leaves. */
async function* following(
  context: Context,
  record: ContainerRecord,
  until: bigint | undefined,
  signal: AbortSignal | undefined,
  open: (end: Promise<unknown>) => AsyncIterable<OutputChunk>,
): AsyncGenerator<OutputChunk> {
  const left = new AbortController()
  const moment = waitUntil(until, signal)
  const { id, state } = record
  const monitor = { pid: state.conmonPid, startTime: state.conmonPidStart }
  const exit = waitForExit({ exitDir: containerPaths(context, id).exits, id, monitor, signal: left.signal })
  try {
    yield* open(Promise.race([exit.catch(() => {}), moment.promise]))
  } finally {
    left.abort()
    moment.cancel()
  }
}

function tailOf(tail: string | undefined): number | undefined {
  if (tail === undefined || tail === '' || tail === 'all' || tail === '-1') return undefined
  if (/^\d{1,9}$/.test(tail)) return Number(tail)
  throw new EngineError('InvalidArgument', `The value "${tail}" of tail is not a number of lines or "all".`, {
    details: { field: 'tail' },
  })
}
