import type { Engine } from '../../../engine/contract/index.ts'
import type { EngineError } from '../../../engine/errors/index.ts'
import { stripAnsi } from '../../../engine/spec/ansi.ts'
import { createStore } from '../../engine/store.ts'
import { followTail, type LogTail, type StampedLine } from './log-tail.ts'
import {
  type LogLine,
  type LogQuery,
  type LogSource,
  type LogState,
  type LogTimes,
  type LogWriter,
  type Matches,
  noMatches,
  noQuery,
  unknownLog,
} from './log-source.ts'

/** Lines that are kept, of all containers together. */
export const maxLines = 20_000
type Verbs = Pick<Engine, 'container.logs'>

/** Milliseconds between two changes of the store. */
const pause = 80

/** A container whose log is read. */
export interface LogMember {
  readonly id: string
  /** How its lines are marked among those of others. */
  readonly writer?: LogWriter
}

/**
 * The end of one or several containers' logs, in the order of their times, in the memory of the page: where a host gives a log from its
 * end only, as Podman's does, and for a pod. It begins where the lines of all are known.
 */
export const createRecentLog = (engine: Verbs, members: readonly LogMember[], times: LogTimes): LogSource =>
  new RecentLog(engine, members, times)

class RecentLog implements LogSource {
  readonly state = createStore<LogState>(unknownLog, { start: () => this.#start(), linger: 0 })
  readonly matches = createStore<Matches>(noMatches)
  readonly #engine: Verbs
  readonly #members: readonly LogMember[]
  readonly #times: LogTimes
  #lines: StampedLine[] = []
  /** The number of the first line that is kept. */
  #first = 0
  /** The time before which the lines of some container are not known. */
  #horizon = ''
  #query = noQuery
  #timer: ReturnType<typeof setTimeout> | undefined
  #tails: readonly LogTail[] = []
  #ended = new Set<string>()
  #waiting = new Set<string>()

  constructor(engine: Verbs, members: readonly LogMember[], times: LogTimes) {
    this.#engine = engine
    this.#members = members
    this.#times = times
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
    this.#ended.clear()
    this.#show({ ended: false, error: undefined })
    for (const tail of this.#tails) tail.again()
  }

  #start(): () => void {
    this.#lines = []
    this.#first = 0
    this.#horizon = ''
    this.#ended.clear()
    this.#waiting = new Set(this.#members.map(({ id }) => id))
    this.#tails = this.#members.map((member) => this.#read(member))
    if (this.#members.length === 0) this.#show()
    return () => {
      for (const tail of this.#tails) tail.close()
      this.#tails = []
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  #read({ id, writer }: LogMember): LogTail {
    const tail = Math.ceil(maxLines / Math.min(4, this.#members.length))
    let oldest = ''
    const done = (changes: Partial<LogState>) => {
      this.#waiting.delete(id)
      this.#show(changes)
    }
    return followTail(
      this.#engine,
      { name: id, tail, ...this.#times },
      {
        onLines: (lines) => {
          oldest ||= lines[0]!.at
          for (const line of lines) this.#lines.push(writer ? { ...line, writer } : line)
          this.#ended.delete(id)
          this.#timer ??= setTimeout(() => this.#show(), pause)
        },
        onRead: (isWhole) => {
          if (!isWhole && oldest > this.#horizon) this.#horizon = oldest
          done({})
        },
        onEnd: () => {
          this.#ended.add(id)
          done({})
        },
        onError: (error: EngineError) => {
          this.#ended.add(id)
          done({ error })
        },
      },
    )
  }

  #show(changes: Partial<LogState> = {}): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#members.length > 1) {
      this.#lines = this.#lines.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      this.#drop(
        Math.max(
          0,
          this.#lines.findIndex(({ at }) => at >= this.#horizon),
        ),
      )
    }
    this.#drop(this.#lines.length - maxLines)
    const [first, end] = [this.#first, this.#first + this.#lines.length]
    const ended = this.#ended.size === this.#members.length
    const cut = first > 0 || this.#horizon !== ''
    this.state.set({ ...this.state.get(), loaded: this.#waiting.size === 0 || end > first, first, end, ended, cut, ...changes })
    this.#find()
  }

  /** Forgets so many of the oldest lines. */
  #drop(count: number): void {
    if (count <= 0) return
    this.#first += count
    this.#lines = this.#lines.slice(count)
  }

  #find(): void {
    const found = this.#lines.flatMap(({ text }, index) => (marksOf(text, this.#query).length > 0 ? [this.#first + index] : []))
    this.matches.set({ ...noMatches, lines: found })
  }
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
