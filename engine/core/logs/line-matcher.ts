import { EngineError } from '../../errors/index.ts'
import { stripAnsi } from '../../spec/ansi.ts'

/** What to look for. */
export interface LineQuery {
  query: string
  /** RE2's syntax. */
  regex: boolean
  /** Whether capitals count. */
  case: boolean
}

/** Looks for a text or a regular expression, in time that grows with the text alone. */
export interface LineMatcher {
  /** False: no line in these bytes can match. Says so fast for most. */
  mayBeIn(bytes: Buffer): boolean
  test(text: string): boolean
  /** Where it matches in the text without escape sequences: begin and end in UTF-16 units. At most {@link maxMarks}. */
  marks(text: string): [number, number][]
}

const maxQuery = 1000
const maxMarks = 100
const escape = 0x1b

/** @throws EngineError `InvalidArgument` for an empty or long query, and for one that is no regular expression. */
export async function lineMatcher({ query, regex, case: exact }: LineQuery): Promise<LineMatcher> {
  if (query === '' || query.length > maxQuery)
    throw refused(query === '' ? 'The search needs a text.' : `The search text is longer than ${maxQuery} characters.`)
  // Most regular expressions in searches are words, or several of them.
  const words = regex ? wordsOf(query) : [query]
  if (words) return wordMatcher(words, exact)
  const { RE2JS } = await import('re2js')
  try {
    const compiled = RE2JS.compile(query, exact ? 0 : RE2JS.CASE_INSENSITIVE)
    const lower = exact ? undefined : lowerCase(query)
    const fast = lower === undefined ? undefined : RE2JS.compile(lower)
    return {
      mayBeIn: () => true,
      test: (text) => (fast ? fast.test(stripAnsi(text).toLowerCase()) : compiled.test(stripAnsi(text))),
      marks: (text) => {
        const found: [number, number][] = []
        const matcher = compiled.matcher(stripAnsi(text))
        while (found.length < maxMarks && matcher.find())
          if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()])
        return found
      },
    }
  } catch (cause) {
    throw refused((cause as Error).message, cause)
  }
}

/** The words of an expression that is nothing but those, as in `error|warning`. */
function wordsOf(pattern: string): string[] | undefined {
  const words = pattern.split('|')
  return words.every((word) => /^[^\\.+*?()[\]{}^$|]+$/.test(word)) ? words : undefined
}

/**
 * An expression that finds in a text in lower case what this one finds without regard to case: a DFA is much faster without. `undefined`
 * where its parts mean something else in lower case.
 */
function lowerCase(pattern: string): string | undefined {
  if (!/[A-Z]/.test(pattern.replaceAll(/\\./g, ''))) return /\\[pPxQ]|\P{ASCII}/u.test(pattern) ? undefined : pattern
  return /[[(]\^?[^\])]*[A-Z]|\\[pPxQ]|\(\?|\P{ASCII}/u.test(pattern)
    ? undefined
    : pattern.replaceAll(/\\.|[A-Z]/g, (part) => (part.startsWith('\\') ? part : part.toLowerCase()))
}

function wordMatcher(words: readonly string[], exact: boolean): LineMatcher {
  const fold = (text: string) => (exact ? text : text.toLowerCase())
  const wanted = words.map(fold)
  const encoded = wanted.map((word) => Buffer.from(word))
  return {
    mayBeIn: (bytes) => {
      // Words are found in what a person reads, which escape sequences cut.
      if (bytes.includes(escape)) return true
      if (exact) return encoded.some((word) => bytes.includes(word))
      const text = bytes.toString('utf8').toLowerCase()
      return wanted.some((word) => text.includes(word))
    },
    test: (text) => {
      const folded = fold(stripAnsi(text))
      return wanted.some((word) => folded.includes(word))
    },
    marks: (text) => marksOf(fold(stripAnsi(text)), wanted),
  }
}

function marksOf(text: string, words: readonly string[]): [number, number][] {
  const found: [number, number][] = []
  for (let at = 0; found.length < maxMarks;) {
    let best: [number, number] | undefined
    for (const word of words) {
      const begin = text.indexOf(word, at)
      if (begin !== -1 && (best === undefined || begin < best[0])) best = [begin, begin + word.length]
    }
    if (!best) break
    found.push(best)
    at = best[1]
  }
  return found
}

const refused = (message: string, cause?: unknown): EngineError =>
  new EngineError('InvalidArgument', message, { details: { field: 'query' }, ...(cause === undefined ? {} : { cause }) })
