import type { Engine, OutputChunk } from '../../../../engine/contract/index.ts'
import { EngineError } from '../../../../engine/errors/index.ts'
import { stripAnsi } from '../../../../engine/spec/ansi.ts'
import { createLineSplitter } from '../../../engine/log-lines.ts'
import { keepOpen } from '../../../engine/connection/retry.ts'
import { createStore } from '../../../engine/store.ts'
import {
  type LogLine,
  type LogQuery,
  type LogSource,
  type LogState,
  type LogTimes,
  type Matches,
  noMatches,
  noQuery,
  unknownLog,
} from './log-source.ts'

/** Lines that are kept; Podman gives a log from its end only, and as a whole. */
export const maxLines = 20_000
type Verbs = Pick<Engine, 'container.logs'>

/** Milliseconds between two changes of the store. */
const pause = 80

/** The end of a log on a host with Podman, in the memory of the page. After a cut it is read again. */
export const createPodmanLog = (engine: Verbs, name: string, times: LogTimes): LogSource => new PodmanLog(engine, name, times)

class PodmanLog implements LogSource {
  readonly state = createStore<LogState>(unknownLog, { start: () => this.#start(), linger: 0 })
  readonly matches = createStore<Matches>(noMatches)
  readonly #read: (signal: AbortSignal) => Promise<AsyncIterable<OutputChunk>>
  #lines: LogLine[] = []
  /** The number of the first line that is kept. */
  #first = 0
  #query = noQuery
  #timer: ReturnType<typeof setTimeout> | undefined
  #reopen = () => {}

  constructor(engine: Verbs, name: string, times: LogTimes) {
    const input = { name, follow: true, stdout: true, stderr: true, tail: String(maxLines), timestamps: true, ...times }
    this.#read = (signal) => engine['container.logs'](input, { signal })
  }

  line(number: number): LogLine | undefined {
    const line = this.#lines[number - this.#first]
    const marks = line ? marksOf(line.text, this.#query) : []
    return line && marks.length > 0 ? { ...line, marks } : line
  }

  want(): void {
    // All that can be had is here.
  }

  search(query: LogQuery): void {
    this.#query = query
    this.#find()
    this.state.set({ ...this.state.get() })
  }

  followAgain(): void {
    this.#reopen()
  }

  #start(): () => void {
    let splitter = createLineSplitter()
    const later = () => (this.#timer ??= setTimeout(() => this.#show(), pause))
    let close = () => {}
    this.#reopen = () => {
      close()
      close = keepOpen<OutputChunk>({
        open: this.#read,
        onOpen: () => {
          splitter = createLineSplitter()
          this.#lines = []
          later()
        },
        onItem: (chunk) => {
          for (const [stream, text] of splitter.push(chunk)) this.#lines.push(lineOf(stream, text))
          later()
        },
        onLost: (error) => {
          if (EngineError.is(error, 'EngineUnreachable')) return
          this.#show(error === undefined ? { ended: true } : { error: EngineError.from(error) })
          close()
        },
      })
    }
    this.#reopen()
    return () => {
      this.#reopen = () => {}
      close()
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  #show(changes: Partial<LogState> = {}): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const surplus = this.#lines.length - maxLines
    if (surplus > 0) {
      this.#first += surplus
      this.#lines = this.#lines.slice(surplus)
    }
    const [first, end] = [this.#first, this.#first + this.#lines.length]
    this.state.set({ ...this.state.get(), loaded: true, first, end, ...changes })
    this.#find()
  }

  #find(): void {
    const found = this.#lines.flatMap(({ text }, index) => (marksOf(text, this.#query).length > 0 ? [this.#first + index] : []))
    this.matches.set({ ...noMatches, lines: found })
  }
}

const lineOf = (stream: LogLine['stream'], stamped: string): LogLine => {
  const [time, text] = splitTime(stamped)
  return { time, stream, text, size: text.length }
}

const splitTime = (text: string): [string, string] => {
  const end = text.indexOf(' ')
  return /^\d{4}-\d\d-\d\dT/.test(text) && end > 0 ? [text.slice(0, end), text.slice(end + 1)] : ['', text]
}

/** Where a text is, without an engine that searches: expressions are not offered. */
function marksOf(text: string, { query, case: exact }: LogQuery): [number, number][] {
  if (query === '') return []
  const [hay, needle] = exact ? [stripAnsi(text), query] : [stripAnsi(text).toLowerCase(), query.toLowerCase()]
  const found: [number, number][] = []
  for (let at = hay.indexOf(needle); at !== -1 && found.length < 100; at = hay.indexOf(needle, at + needle.length))
    found.push([at, at + needle.length])
  return found
}
