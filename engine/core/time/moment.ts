import { EngineError } from '../../errors/index.ts'
import { durationOf } from '../../spec/duration.ts'
import { nowNano } from '../../store/index.ts'
import { parseRfc3339 } from './nanos.ts'

const local = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$/

/**
 * Reads a moment as podman's `--since` and `--until` take it: RFC 3339, a local date with or without time, seconds since
 * the epoch, or a duration.
 *
 * @returns nanoseconds since 1970.
 * @param forward whether a duration counts from now on (`--until 5s` of a stream), instead of back from now.
 * @throws EngineError `InvalidArgument`, naming `field`.
 */
export function parseMoment(text: string, field: string, forward = false): bigint {
  const exact = parseRfc3339(text)
  if (exact !== null) return exact
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) return epoch(text)
  if (local.test(text)) {
    const milliseconds = new Date(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T')).getTime()
    if (!Number.isNaN(milliseconds)) return BigInt(milliseconds) * 1_000_000n
  }
  const duration = durationOf(text)
  if (duration !== undefined) return nowNano() + BigInt(Math.round(forward ? duration : -duration))
  throw new EngineError(
    'InvalidArgument',
    `The value "${text}" of ${field} is not a time: give RFC 3339 (2026-01-31T12:00:00Z), seconds since 1970, or a duration (10m).`,
    { details: { field, value: text } },
  )
}

function epoch(text: string): bigint {
  const [seconds = '0', fraction = ''] = text.split('.')
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
