import { EngineError } from '../../errors/index.ts'

/** A regular expression that says whether some part of a text matches. Takes time in proportion to the text, whatever it is. */
export interface GoRegExp {
  test(text: string): boolean
}

const maxLength = 1000

/** What means itself, and needs no compiler. */
const plain = /^[\w/ -]*$/

/**
 * A regular expression in Go's syntax (RE2: pkg.go.dev/regexp/syntax).
 * @throws EngineError InvalidArgument, in Go's words
 */
export async function goRegExp(text: string): Promise<GoRegExp> {
  if (text.length > maxLength) throw refused(`error parsing regexp: it is longer than ${maxLength} characters`)
  if (plain.test(text)) return { test: (found) => found.includes(text) }
  const { RE2JS } = await import('re2js')
  try {
    const compiled = RE2JS.compile(text)
    return { test: (found) => compiled.matcher(found).find() }
  } catch (cause) {
    throw refused((cause as Error).message, cause)
  }
}

const refused = (message: string, cause?: unknown): EngineError =>
  new EngineError('InvalidArgument', message, cause === undefined ? {} : { cause })
