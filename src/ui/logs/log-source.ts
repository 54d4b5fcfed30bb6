import type { Output } from '../../../engine/contract/index.ts'
import type { EngineError } from '../../../engine/errors/index.ts'
import type { Store } from '../../engine/store.ts'

/** A container among those that write a log together. */
export interface LogWriter {
  readonly name: string
  /** A colour of CSS, by which it is told from the others. */
  readonly color: string
}

/**
 * A line of a log, with its marks: where the search matches in the text without escape sequences. `writer`: whose it is, where several
 * containers write.
 */
export type LogLine = Output<'container.logLines'>['lines'][number] & { readonly writer?: LogWriter }

/** What is looked for in a log. */
export interface LogQuery {
  readonly query: string
  readonly regex: boolean
  readonly case: boolean
}

/** Which lines are shown; RFC 3339 each. */
export interface LogTimes {
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** A log as far as it is known. Changes with every line that arrives; lines are read with {@link LogSource.line}. */
export interface LogState {
  /** The number of the first line that is shown, and that after the last. */
  readonly first: number
  readonly end: number
  /** The first answer has come. */
  readonly loaded: boolean
  /** No more follows. */
  readonly ended: boolean
  /** There may be earlier lines, which are not shown. */
  readonly cut?: boolean
  readonly error: EngineError | undefined
}

/** The result of a search. */
export interface Matches {
  /** Numbers of lines, in order. */
  readonly lines: readonly number[]
  /** More may come. */
  readonly searching: boolean
  /** There are more than are listed. */
  readonly more: boolean
  readonly error: EngineError | undefined
}

/** A container's log, wherever its lines are. Followed while its state is subscribed to. */
export interface LogSource {
  readonly state: Store<LogState>
  readonly matches: Store<Matches>
  /** A line, if it is here. */
  line(number: number): LogLine | undefined
  /** Loads the lines from `from` up to `to` that are not here. */
  want(from: number, to: number): void
  /** Marks lines, and looks for them; nothing with an empty query. */
  search(query: LogQuery): void
  /** Follows it again, after the container was started again; what is here stays. */
  followAgain(): void
}

/** Nothing is looked for. */
export const noQuery: LogQuery = { query: '', regex: false, case: false }

/** The matches of no search. */
export const noMatches: Matches = { lines: [], searching: false, more: false, error: undefined }

/** A log of which nothing is known. */
export const unknownLog: LogState = { first: 0, end: 0, loaded: false, ended: false, error: undefined }
