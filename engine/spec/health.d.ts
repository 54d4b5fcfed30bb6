/** What may follow when a container turns unhealthy. */
export declare const onFailureActions: readonly ['none', 'kill', 'restart', 'stop']
export type OnFailureAction = (typeof onFailureActions)[number]
/** The actions' numbers in libpod's API, where 1 is none of them. */
export declare const onFailureNumbers: Readonly<Record<string, number>>
/** Podman's defaults; durations are nanoseconds. */
export declare const usualHealth: {
  readonly interval: 30000000000
  readonly timeout: 30000000000
  readonly startPeriod: 0
  readonly retries: 3
  readonly logCount: 5
  readonly logSize: 500
}
/** Exit code of a timer's check whose container has ended or is gone: there will be no other. */
export declare const nothingToCheck = 3
/**
 * A check's command: words as JSON, or a line for the shell. What begins with a keyword of Docker's is taken as it is there; `none` turns
 * checks off.
 */
export declare function parseHealthCommand(text: string): string[]
/** Nanoseconds between two checks; `disable` means that nothing is checked by itself. @throws EngineError `InvalidArgument` */
export declare function parseHealthInterval(text: string): number
/** Numbers of a check, as far as they are known. */
export interface HealthNumbers {
  Interval?: number | undefined
  Timeout?: number | undefined
  StartPeriod?: number | undefined
  Retries?: number | undefined
}
/** @throws EngineError `InvalidArgument`, with podman's message. */
export declare function checkHealthNumbers({ Interval, Timeout, StartPeriod, Retries }: HealthNumbers): void
