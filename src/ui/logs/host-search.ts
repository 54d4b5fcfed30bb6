import type { Engine } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { delay } from '../../engine/connection/retry.ts'
import { createStore } from '../../engine/store.ts'
import { type LogQuery, type LogTimes, type Matches, noMatches, noQuery } from './log-source.ts'

/** Milliseconds after which a host is asked again, when the connection was cut. */
export const retryPause = 1000
/** Milliseconds between a growing log and the search of what is new. */
const growPause = 1000

/** Whether trying again would change nothing. */
export const isFinal = (error: unknown): boolean =>
  EngineError.is(error) && !['EngineUnreachable', 'Cancelled', 'Internal'].includes(error.code)

/** Whether it is the query that cannot be used, such as an expression that is not complete yet. */
export const isBadQuery = (error: unknown): error is EngineError =>
  EngineError.is(error, 'InvalidArgument') && error.details['field'] === 'query'

/** The search of a log on its host. A cut does not end it, and what comes later is searched as well. */
export class HostSearch {
  readonly matches = createStore<Matches>(noMatches)
  readonly #engine: Pick<Engine, 'container.logSearch'>
  readonly #input: { name: string } & LogTimes
  #query = noQuery
  /** Lines before this one have been searched, of those that there are. */
  #searched = 0
  #end = 0
  #run = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(engine: Pick<Engine, 'container.logSearch'>, input: { name: string } & LogTimes) {
    this.#engine = engine
    this.#input = input
  }

  /** Looks for something else; for nothing, if the query is empty. */
  begin(query: LogQuery): void {
    this.#query = query
    this.restart()
  }

  /** Searches from the beginning: the log is another one. */
  restart(): void {
    this.stop()
    this.#run = new AbortController()
    this.#searched = 0
    this.matches.set(noMatches)
    if (this.#query.query !== '') void this.#go(this.#run.signal)
  }

  stop(): void {
    this.#run.abort()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The log has so many lines now: those that are new are searched a while after they came. */
  grown(end: number): void {
    this.#end = end
    const { searching, more, error } = this.matches.get()
    if (this.#query.query === '' || this.#timer || searching || more || error || end <= this.#searched) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#end > this.#searched) void this.#go(this.#run.signal)
    }, growPause)
  }

  async #go(signal: AbortSignal): Promise<void> {
    this.matches.set({ ...this.matches.get(), searching: true })
    while (!signal.aborted && !(await this.#searchOn(signal))) await delay(retryPause, signal)
  }

  /** Searches from where it is; false if the connection was cut. */
  async #searchOn(signal: AbortSignal): Promise<boolean> {
    const { matches } = this
    try {
      const items = await this.#engine['container.logSearch'](
        { ...this.#input, from: this.#searched, ...this.#query },
        { signal },
      )
      for await (const { lines, searched, end, done } of items) {
        if (signal.aborted) return true
        this.#searched = searched
        const found = [...matches.get().lines, ...lines]
        matches.set({ ...matches.get(), lines: found, searching: !done, more: done && searched < end })
      }
    } catch (error) {
      if (!isFinal(error)) return false
      if (!signal.aborted) matches.set({ ...matches.get(), searching: false, error: EngineError.from(error) })
    }
    return true
  }
}
