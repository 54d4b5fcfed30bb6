import { appendFileSync } from 'node:fs'

/** From the most severe to the most verbose, as podman's --log-level names them. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Fields of a line besides its message. Callers never pass secrets, environments or auth headers. */
export interface LogFields {
  /** The operation, e.g. `container.start`. */
  operation?: string
  /** Made by the page and carried through every hop. */
  requestId?: string
  /** The id or name of what it is about. */
  object?: string
  [field: string]: string | number | boolean | undefined
}

export type Logger = Record<LogLevel, (message: string, fields?: LogFields) => void>

export interface LogOptions {
  /** The least severe level that is written; `warn` by default. */
  level?: LogLevel
  /** Appended to, one write a line, so that several processes may share it; stderr when absent. */
  file?: string
  /** On every line. */
  fields?: LogFields
  /** Gets every line too. It must not throw. */
  also?: (level: LogLevel, line: string) => void
}

/**
 * A logger that writes one `time=… level=… msg="…" key=value` line for each call (logfmt, as podman's).
 *
 * Logging never throws: a log that cannot be written is lost.
 */
export function createLogger(options: LogOptions = {}): Logger {
  const threshold = logLevels.indexOf(options.level ?? 'warn')
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logLevels.indexOf(level) > threshold) return
    const line = formatLine(level, message, { ...options.fields, ...fields })
    writeLine(options.file, line)
    options.also?.(level, line)
  }
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') }
}

function formatLine(level: LogLevel, message: string, fields: LogFields): string {
  let line = `time=${quote(new Date().toISOString())} level=${level === 'warn' ? 'warning' : level} msg=${quote(message)}`
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) line += ` ${field}=${/^[\w./:@+-]+$/.test(String(value)) ? value : quote(String(value))}`
  }
  return `${line}\n`
}

// JSON's quoting keeps it to one line, whatever control characters came in from a container or a registry.
function quote(text: string): string {
  return JSON.stringify(text)
}

function writeLine(file: string | undefined, line: string): void {
  try {
    if (file === undefined) process.stderr.write(line)
    else appendFileSync(file, line, { mode: 0o600 })
  } catch {
    // There is nowhere left to report it.
  }
}
