import type { Readable } from 'node:stream'

/** Characters of a line that are kept. */
const maxLine = 2_000

/** Lines passed on per {@link period} milliseconds; further ones are dropped with a note. */
const maxLines = 100
const period = 10_000

/**
 * Passes the output of another user's process on to a log, line by line. It never gets the log's own descriptor: that may
 * be an administrator's terminal, which could be read from and written to by it.
 */
export function relayLines(source: Readable, log: (line: string) => void): void {
  let held = ''
  let began = 0
  let count = 0
  const pass = (line: string): void => {
    const now = Date.now()
    if (now - began > period) {
      began = now
      count = 0
    }
    count++
    if (count < maxLines) log(printable(line))
    else if (count === maxLines) log('(more lines were dropped)')
  }
  source.on('data', (data: Buffer) => {
    const lines = (held + data.toString('utf8')).split('\n')
    held = (lines.pop() ?? '').slice(0, maxLine)
    for (const line of lines) if (line !== '') pass(line.slice(0, maxLine))
  })
  source.once('end', () => {
    if (held !== '') pass(held)
  })
  source.on('error', () => {
    // There is nothing more to pass on.
  })
}

/** Control characters could steer the terminal that a log is read on. */
function printable(line: string): string {
  return line.replaceAll(/\p{Cc}|\p{Cf}/gu, '\ufffd')
}
