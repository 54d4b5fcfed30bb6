import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { plainEnvironment, requireProgram } from '../lib/process/exec.ts'

/** An entry of the journal that a monitor wrote. */
export interface JournalEntry {
  /** Microseconds since 1970. */
  time: bigint
  cursor: string
  /** Without the newline that ends a line. */
  message: Buffer
  /** 3 of what came from stderr, 6 of stdout. */
  priority: number
  /** More of the same line follows. */
  partial: boolean
}

export interface JournalQuery {
  /** `FIELD=value`. */
  match: string
  /** Only the last entries. */
  last?: number | undefined
  afterCursor?: string | undefined
  /** Goes on until `signal` is aborted. */
  follow?: boolean
  signal?: AbortSignal | undefined
}

/** Whether systemd's journal takes entries here. */
export function hasJournal(socket = '/run/systemd/journal/socket'): boolean {
  return statSync(socket, { throwIfNoEntry: false })?.isSocket() ?? false
}

/** Entries in their order, of the user's own journal and, as far as they may be read, of the system's. @throws ProgramMissing */
export async function* readJournal(query: JournalQuery): AsyncGenerator<JournalEntry> {
  const { match, last, afterCursor, follow, signal } = query
  const args = ['-q', '--no-pager', '--all', '-o', 'json', '--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE']
  if (afterCursor !== undefined) args.push(`--after-cursor=${afterCursor}`)
  if (last !== undefined) args.push('-n', String(last))
  if (follow) args.push('-f', ...(last === undefined ? ['--no-tail'] : []))
  const child = spawn(requireProgram('journalctl'), [...args, match], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: plainEnvironment(),
  })
  const stop = () => void child.kill('SIGTERM')
  child.on('error', () => {})
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
      const entry = parseEntry(line)
      if (entry) yield entry
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

/** journalctl writes what is no UTF-8 as a list of bytes. */
function parseEntry(line: string): JournalEntry | undefined {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
  const { MESSAGE: message, __REALTIME_TIMESTAMP: time, __CURSOR: cursor } = fields
  if (typeof time !== 'string' || !/^\d+$/.test(time) || typeof cursor !== 'string') return undefined
  const text = Array.isArray(message) ? Buffer.from(message as number[]) : Buffer.from(typeof message === 'string' ? message : '')
  const partial = fields['CONTAINER_PARTIAL_MESSAGE'] === 'true'
  return {
    time: BigInt(time),
    cursor,
    message: partial ? text : withoutNewline(text),
    priority: Number(fields['PRIORITY'] ?? 6),
    partial,
  }
}

/** conmon hands a whole line to the journal with the newline that ends it. */
const withoutNewline = (line: Buffer): Buffer => (line.at(-1) === 0x0a ? line.subarray(0, -1) : line)
