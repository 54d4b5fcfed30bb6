import type { Engine, OutputChunk } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { keepOpen } from '../../engine/connection/retry.ts'
import { createLineSplitter } from '../../engine/log-lines.ts'
import type { LogLine, LogTimes } from './log-source.ts'

/** Whose log is read, which lines of it, and how many of the newest to begin with. */
export interface TailInput extends LogTimes {
  readonly name: string
  readonly tail: number
}

/** A line as the engine stamps it. `at`: its time, by which lines are compared. */
export type StampedLine = LogLine & { readonly at: string }

/** What is told of a log. */
export interface TailEvents {
  /** Lines in their order, none of them twice. */
  onLines(lines: readonly StampedLine[]): void
  /** The lines that there were have been told. `isWhole`: there were no more than were asked for. */
  onRead(isWhole: boolean): void
  onEnd(): void
  onError(error: EngineError): void
}

/** A log that is read. */
export interface LogTail {
  /** Goes on with a log that has ended, after its container was started again. */
  again(): void
  close(): void
}

/**
 * Reads the newest lines of a container's log, as far back as is asked, and follows it. After a cut it goes on behind the last line that
 * came, which is known by its time and, of lines of one time, by its place.
 */
export function followTail(engine: Pick<Engine, 'container.logs'>, input: TailInput, events: TailEvents): LogTail {
  const { name, tail, since, until } = input
  const common = { name, stdout: true, stderr: true, timestamps: true, ...(until === undefined ? {} : { until }) }
  const place = new Place()
  let isRead = false
  let close = () => {}

  async function* linesSoFar(signal: AbortSignal): AsyncGenerator<readonly StampedLine[]> {
    const options = { ...common, tail: String(tail), follow: false, ...(since === undefined ? {} : { since }) }
    const lines: StampedLine[] = []
    for await (const some of linesOf(await engine['container.logs'](options, { signal }))) lines.push(...some)
    isRead = true
    yield place.behind(lines)
    events.onRead(lines.length < tail)
  }
  async function* lines(signal: AbortSignal): AsyncGenerator<readonly StampedLine[]> {
    if (!isRead) yield* linesSoFar(signal)
    const from = place.time || since
    place.goBack()
    const stream = await engine['container.logs']({ ...common, follow: true, ...(from ? { since: from } : {}) }, { signal })
    for await (const some of linesOf(stream, true)) yield place.behind(some)
  }
  const again = () => {
    close()
    close = keepOpen({
      open: async (signal) => lines(signal),
      onItem: (some) => some.length > 0 && events.onLines(some),
      onLost: (error) => {
        if (EngineError.is(error, 'EngineUnreachable')) return
        if (error === undefined) events.onEnd()
        else events.onError(EngineError.from(error))
        close()
      },
    })
  }
  again()
  return { again, close: () => close() }
}

/** How far a log has been told. */
class Place {
  /** Of the newest line, as the engine stamps it; empty before the first. */
  time = ''
  #at = ''
  /** Lines of that time that have been told, and that come once more. */
  #told = 0
  #repeated = 0

  /** What follows is read from the newest time on. */
  goBack(): void {
    this.#repeated = this.#told
  }

  /** Those of some lines that have not been told; they are from now on. */
  behind(lines: readonly StampedLine[]): readonly StampedLine[] {
    return lines.filter(({ time, at }) => {
      if (at < this.#at) return false
      if (at > this.#at) [this.time, this.#at, this.#told, this.#repeated] = [time, at, 0, 0]
      else if (this.#repeated > 0) {
        this.#repeated -= 1
        return false
      }
      this.#told += 1
      return true
    })
  }
}

/**
 * The lines of a log that is read with timestamps, of so many characters at most. `isEnd`: a last line without its end is one, since no
 * more of it comes.
 */
export async function* linesOf(
  chunks: AsyncIterable<OutputChunk>,
  isEnd = false,
  longest?: number,
): AsyncGenerator<readonly StampedLine[]> {
  const splitter = createLineSplitter(longest)
  for await (const chunk of chunks) yield splitter.push(chunk).map(([stream, text]) => lineOf(stream, text))
  if (isEnd) yield splitter.rest().map(([stream, text]) => lineOf(stream, text))
}

/** A line of a log that is read with timestamps. */
function lineOf(stream: LogLine['stream'], stamped: string): StampedLine {
  const end = stamped.indexOf(' ')
  const hasTime = /^\d{4}-\d\d-\d\dT/.test(stamped) && end > 0
  const text = hasTime ? stamped.slice(end + 1) : stamped
  const time = hasTime ? stamped.slice(0, end) : ''
  return { time, at: comparable(time), stream, text, size: text.length }
}

/** A moment of RFC 3339, with any zone and as many digits as it has, as a text that is greater for later ones; empty for what is none. */
export function comparable(time: string): string {
  const [, second = '', fraction = '', zone = ''] = /^([^.Z+]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? []
  const milliseconds = Date.parse(second + zone)
  return Number.isNaN(milliseconds) ? '' : `${String(milliseconds).padStart(15, '0')}${fraction.padEnd(9, '0')}`
}
