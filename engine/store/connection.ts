/** A value SQLite can bind. */
export type Value = string | number | bigint | null | Uint8Array

/** A row as SQLite gives it. */
export type Row = Record<string, unknown>

/**
 * The store's database. Many processes have it open at once: readers never wait, and writers take turns. Statements are prepared
 * once. The caller closes it.
 */
export interface Database {
  readonly file: string
  /**
   * Runs `work` in one write transaction: all of it is committed or, if it throws, nothing. `work` must not be asynchronous. While
   * another process writes, the caller waits without blocking the thread.
   *
   * @throws EngineError `StoreBusy` after 30 seconds, `DiskFull`, `StoreCorrupt`, and what `work` throws.
   */
  transaction<T>(work: () => T): Promise<T>
  /** The first row of a query. */
  get(sql: string, ...values: Value[]): Row | undefined
  all(sql: string, ...values: Value[]): Row[]
  /** Changes rows; only inside {@link transaction}. Returns how many were changed. */
  run(sql: string, ...values: Value[]): number
  /** Makes tables and views that only this connection has, and fills them; nothing is written to the store. */
  temporary(definition: string, fill: () => void): void
  /** Differs from an earlier value if anything was changed since, here or in another process. */
  version(): string
  /** Idempotent. */
  close(): void
}
