/** One entry of a k8s-file log (`TIME stdout|stderr F|P TEXT`), as conmon writes it. Views into the buffer it was read from. */
export interface LogEntry {
  /** RFC 3339 with nanoseconds, in the writer's time zone. */
  time: string
  stream: 'stdout' | 'stderr'
  /** More of the same line follows: the text is not followed by a line end. */
  partial: boolean
  text: Buffer
}

const space = 0x20

/** Reads one line without its line end; `null` if it is not an entry (a torn or foreign line is skipped, not an error). */
export function parseLogEntry(line: Buffer): LogEntry | null {
  const afterTime = line.indexOf(space)
  if (afterTime < 20 || afterTime > 40) return null
  const afterStream = line.indexOf(space, afterTime + 1)
  const stream = line.toString('latin1', afterTime + 1, afterStream)
  if (stream !== 'stdout' && stream !== 'stderr') return null
  const tag = line[afterStream + 1]
  const partial = tag === 0x50
  if (!partial && tag !== 0x46) return null
  // Conmon may add a log tag after the letter (`F:tag`).
  const afterTag = line.indexOf(space, afterStream + 1)
  if (afterTag === -1) return null
  return { time: line.toString('latin1', 0, afterTime), stream, partial, text: line.subarray(afterTag + 1) }
}
