import { printable } from '../../errors/index.ts'
import { printError, stderr } from '../output/print.ts'

/** A line's level, as logrus names it. */
export type Level = 'debug' | 'info' | 'warning' | 'error' | 'fatal'

const began = Math.trunc(performance.now() / 1000)
const colours: Record<Level, number> = { debug: 37, info: 36, warning: 33, error: 31, fatal: 31 }

/** Writes a line to stderr as skopeo's log (logrus) has it: in colours on a terminal, else as key=value. */
export function logLine(level: Level, message: string, fields: Readonly<Record<string, string>> = {}): void {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1))
  printError(stderr().isTTY ? coloured(level, message, sorted) : plain(level, message, sorted))
}

function plain(level: Level, message: string, fields: readonly [string, string][]): string {
  const more = fields.map(([key, value]) => ` ${key}=${quoted(value)}`).join('')
  return `time=${quoted(now())} level=${level} msg=${quoted(message)}${more}\n`
}

function coloured(level: Level, message: string, fields: readonly [string, string][]): string {
  const seconds = String(Math.trunc(performance.now() / 1000) - began).padStart(4, '0')
  const colour = (text: string): string => `\u001b[${colours[level]}m${text}\u001b[0m`
  const more = fields.map(([key, value]) => ` ${colour(key)}=${printable(value)}`).join('')
  return `${colour(level.toUpperCase().slice(0, 4))}[${seconds}] ${printable(message).padEnd(44)}${more}\n`
}

/** Plain words are not quoted. */
const quoted = (text: string): string => (/^[\w.\-/@^+]+$/.test(text) ? text : JSON.stringify(text))

/** RFC 3339 in local time, to the second. */
function now(): string {
  const date = new Date()
  const minutes = -date.getTimezoneOffset()
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  if (minutes === 0) return `${local}Z`
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, '0')
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
