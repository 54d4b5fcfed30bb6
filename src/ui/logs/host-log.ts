import type { Engine, Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { delay, keepOpen } from '../../engine/connection/retry.ts'
import { createStore, type Store } from '../../engine/store.ts'
import { HostSearch, isBadQuery, isFinal, retryPause } from './host-search.ts'
import { createLinePages } from './line-pages.ts'
import {
  type LogLine,
  type LogQuery,
  type LogSource,
  type LogState,
  type LogTimes,
  type Matches,
  noQuery,
  unknownLog,
} from './log-source.ts'

type Verbs = Pick<Engine, 'container.logLines' | 'container.logFollow' | 'container.logSearch'>
type Page = Output<'container.logLines'>

/** Lines around those on the screen that are loaded with them. */
const around = 100

/** A log on a host with our engine: pages of it are read as they are looked at, and it is searched there. */
export const createHostLog = (engine: Verbs, name: string, times: LogTimes): LogSource => new HostLog(engine, name, times)

class HostLog implements LogSource {
  readonly state = createStore<LogState>(unknownLog, { start: () => this.#start(), linger: 0 })
  readonly matches: Store<Matches>
  readonly #engine: Verbs
  readonly #input: { name: string } & LogTimes
  readonly #pages = createLinePages()
  readonly #search: HostSearch
  /** The host's name of the log: another one after a rotation. */
  #log = ''
  #stop = new AbortController()
  #query = noQuery
  /** The host cannot search for the query: lines are read without its marks. */
  #refused = false
  #loading = false
  #wanted: [number, number] = [0, 0]
  #reopen = () => {}

  constructor(engine: Verbs, name: string, times: LogTimes) {
    this.#engine = engine
    this.#input = { name, ...times }
    this.#search = new HostSearch(engine, this.#input)
    this.matches = this.#search.matches
  }

  line = (number: number): LogLine | undefined => this.#pages.get(number)

  want(from: number, to: number): void {
    const { first, end } = this.state.get()
    this.#wanted = [Math.max(first, from - around), Math.min(end, to + around)]
    if (!this.#loading && this.#pages.missing(Math.max(first, from), Math.min(end, to))) void this.#load()
  }

  search(query: LogQuery): void {
    if (query.query === this.#query.query && query.regex === this.#query.regex && query.case === this.#query.case) return
    this.#query = query
    this.#refused = false
    this.#pages.expire()
    this.#search.begin(query)
    // Marks come with lines that are loaded from now on.
    this.state.set({ ...this.state.get() })
  }

  followAgain(): void {
    this.#reopen()
  }

  #start(): () => void {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    let close = () => {}
    this.#reopen = () => {
      close()
      close = keepOpen({
        open: (ends) => this.#follow(AbortSignal.any([ends, signal])),
        onItem: ({ ended, ...page }) => {
          this.#take(page, { ended })
          this.#search.grown(page.end)
          if (ended) close()
        },
        onLost: (error) => {
          if (this.#refuses(error) || !isFinal(error)) return
          this.state.set({ ...this.state.get(), loaded: true, error: EngineError.from(error) })
          close()
        },
      })
    }
    this.#reopen()
    this.#search.restart()
    return () => {
      this.#reopen = () => {}
      close()
      this.#stop.abort()
      this.#search.stop()
    }
  }

  #follow(signal: AbortSignal) {
    const { end, loaded } = this.state.get()
    // The last lines, of each stream one, may not have been complete.
    const from = loaded && end > 0 ? Math.max(0, end - 2) : -200
    return this.#engine['container.logFollow']({ ...this.#input, from, ...this.#asked() }, { signal })
  }

  /** Takes what the host said of the log, and some lines of it. */
  #take(page: Page, changes: Partial<LogState> = {}): void {
    if (page.log !== this.#log) {
      // Numbers mean other lines.
      this.#pages.clear()
      if (this.#log !== '') this.#search.restart()
    }
    this.#log = page.log
    this.#pages.set(page.from, page.lines)
    const { first, end } = page
    this.state.set({ ...this.state.get(), error: undefined, loaded: true, first, end, ...changes })
  }

  async #load(): Promise<void> {
    const { signal } = this.#stop
    this.#loading = true
    for (;;) {
      const range = this.#pages.missing(...this.#wanted)
      if (!range || signal.aborted) break
      try {
        const page = await this.#engine['container.logLines']({ ...this.#input, ...range, ...this.#asked() }, { signal })
        if (!signal.aborted) this.#take(page)
        if (page.lines.length === 0) break
      } catch (error) {
        if (this.#refuses(error)) continue
        if (!signal.aborted && isFinal(error)) this.state.set({ ...this.state.get(), error: EngineError.from(error) })
        if (isFinal(error)) break
        await delay(retryPause, signal)
      }
    }
    this.#loading = false
  }

  /** A search's fields of a request. */
  #asked(): Partial<LogQuery> {
    return this.#query.query === '' || this.#refused ? {} : this.#query
  }

  /** Whether only the marks were wrong with a request: the search says what, and the log can be read all the same. */
  #refuses(error: unknown): boolean {
    if (!isBadQuery(error) || this.#refused) return false
    this.#refused = true
    return true
  }
}
