import { ansiPattern } from '../../../engine/spec/ansi.ts'

/** A span of text with one style. `color` is one of the eight names. */
export interface Span {
  readonly text: string
  readonly color?: string
  readonly bold?: boolean
}

const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** Parses a line of output: colours are kept, other escape sequences are dropped. */
export function parseAnsi(line: string): Span[] {
  const spans: Span[] = []
  let look: Omit<Span, 'text'> = {}
  let at = 0
  const take = (end: number) => {
    if (end > at) spans.push({ text: line.slice(at, end), ...look })
  }
  for (const match of line.matchAll(ansiPattern)) {
    take(match.index)
    at = match.index + match[0].length
    if (match[1] !== undefined) look = apply(look, match[1])
  }
  take(line.length)
  return spans
}

function apply(look: Omit<Span, 'text'>, codes: string): Omit<Span, 'text'> {
  const numbers = (codes || '0').split(/[;:]/).map(Number)
  let next = look
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at]!
    if (code === 0) next = {}
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 22) next = { ...next, bold: undefined }
    else if (code === 39) next = { ...next, color: undefined }
    else if (code >= 30 && code <= 37) next = { ...next, color: colors[code - 30] }
    else if (code >= 90 && code <= 97) next = { ...next, color: colors[code - 90] }
    else if (code === 38 || code === 48) at += numbers[at + 1] === 5 ? 2 : 4
  }
  return next
}
