/** Nanoseconds from `1h30m` or `-1.5s`, as Go's time.ParseDuration reads them. @throws EngineError `InvalidArgument`, with Go's message. */
export declare function parseDuration(text: string): number
/** The same; undefined for a text that is no duration. */
export declare function durationOf(text: string): number | undefined
/** Writes nanoseconds as Go's Duration.String does: `1h2m3.5s`, `350ms`, `0s`. */
export declare function formatDuration(nanoseconds: number): string
/** A duration as Docker's tools print it: `About a minute`, `3 weeks`. @param seconds may be a fraction. */
export declare function humanDuration(seconds: number): string
/** The age of a time in milliseconds since the epoch. */
export declare function ago(milliseconds: number, now?: number): string
/** What a container's state is made of. Times are seconds since the epoch. */
export interface StateFacts {
  state: string
  startedAt: number
  exitedAt: number
  exitCode: number
  /** Of its health check, where it has one. */
  health: string
}
/** A container's state with how long it has lasted: `Up 3 minutes`, `Exited (0) 2 hours ago`. */
export declare function stateText({ state, startedAt, exitedAt, exitCode, health }: StateFacts, now?: number): string
