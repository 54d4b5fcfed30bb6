import { constants } from 'node:os'

import { EngineError } from '../../../errors/index.ts'

const realTimeFirst = 34
const realTimeLast = 64

/** A signal's number from `TERM`, `SIGTERM`, `15`, `RTMIN+1` or a number. @throws EngineError `InvalidArgument`, in podman's words. */
export function signalNumber(given: string | number): number {
  const text = String(given).toUpperCase()
  const name = text.startsWith('SIG') ? text : `SIG${text}`
  const number = /^\d+$/.test(text) ? Number(text) : ((constants.signals as Record<string, number>)[name] ?? realTime(name))
  if (number !== undefined && number >= 1 && number <= realTimeLast) return number
  throw new EngineError('InvalidArgument', `invalid signal: ${String(given)}`, { details: { signal: String(given) } })
}

function realTime(name: string): number | undefined {
  const [, base, sign, offset] = /^SIGRT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name) ?? []
  if (base === undefined) return undefined
  const number =
    (base === 'MIN' ? realTimeFirst : realTimeLast) + (offset === undefined ? 0 : Number(offset) * (sign === '-' ? -1 : 1))
  return number >= realTimeFirst ? number : undefined
}

/** `SIGTERM` for 15; real-time signals as `SIGRTMIN+1`. */
export function signalName(number: number): string {
  const named = Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
  return named ?? (number === realTimeFirst ? 'SIGRTMIN' : `SIGRTMIN+${number - realTimeFirst}`)
}
