import { badValue, inContext } from './bad-value.ts'
import { parseDuration } from './duration.ts'

/** What may follow when a container turns unhealthy. */
export const onFailureActions = ['none', 'kill', 'restart', 'stop'] as const
export type OnFailureAction = (typeof onFailureActions)[number]

/** The actions' numbers in libpod's API, where 1 is none of them. */
export const onFailureNumbers: Readonly<Record<string, number>> = { none: 0, kill: 2, restart: 3, stop: 4 }

/** Podman's defaults; durations are nanoseconds. */
export const usualHealth = { interval: 30e9, timeout: 30e9, startPeriod: 0, retries: 3, logCount: 5, logSize: 500 } as const

/** Exit code of a timer's check whose container has ended or is gone: there will be no other. */
export const nothingToCheck = 3

/**
 * A check's command: words as JSON, or a line for the shell. What begins with a keyword of Docker's is taken as it is there; `none` turns
 * checks off.
 */
export function parseHealthCommand(text: string): string[] {
  const words = wordsOf(text)
  if (words && words.length > 1) return isKeyword(words[0]) ? words : ['CMD', ...words]
  const [first = '', ...rest] = text.trim().split(/\s+/)
  if (first.toUpperCase() === 'NONE') return ['NONE']
  if (first === 'CMD') return [first, ...rest]
  if (first === 'CMD-SHELL') return [first, text.trim().slice(first.length).trimStart()]
  return ['CMD-SHELL', words?.[0] ?? text]
}

function isKeyword(word: string | undefined): boolean {
  return word === 'CMD' || word === 'CMD-SHELL'
}

/** @throws EngineError `InvalidArgument` for a list of none. */
function wordsOf(text: string): string[] | undefined {
  let words: unknown
  try {
    words = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return undefined
  if (words.length === 0) throw badValue('must define a healthcheck command for all healthchecks')
  return words
}

/** Nanoseconds between two checks; `disable` means that nothing is checked by itself. @throws EngineError `InvalidArgument` */
export function parseHealthInterval(text: string): number {
  return text === 'disable' ? 0 : inContext('invalid healthcheck-interval', () => parseDuration(text))
}

/** Numbers of a check, as far as they are known. */
export interface HealthNumbers {
  Interval?: number | undefined
  Timeout?: number | undefined
  StartPeriod?: number | undefined
  Retries?: number | undefined
}

/** @throws EngineError `InvalidArgument`, with podman's message. */
export function checkHealthNumbers({ Interval = 0, Timeout, StartPeriod = 0, Retries }: HealthNumbers): void {
  if (Interval < 0) throw badValue('healthcheck-interval must be greater than 0')
  if (Retries !== undefined && (!Number.isInteger(Retries) || Retries < 1))
    throw badValue('healthcheck-retries must be greater than 0')
  if (Timeout !== undefined && Timeout <= 0) throw badValue('healthcheck-timeout must be greater than 0')
  if (StartPeriod < 0) throw badValue('healthcheck-start-period must be 0 seconds or greater')
}
