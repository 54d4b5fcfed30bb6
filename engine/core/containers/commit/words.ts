import { EngineError } from '../../../errors/index.ts'

/** @throws EngineError `InvalidArgument`. */
export function badChange(change: string, reason: string): EngineError {
  return new EngineError('InvalidArgument', `invalid change ${JSON.stringify(change)}: ${reason}`, {
    details: { field: 'changes' },
  })
}

/** The words of an instruction: blanks separate them, quotes and backslashes keep them together, as in a Dockerfile. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '\\' && quote !== "'" && at + 1 < text.length) word = (word ?? '') + text.charAt(++at)
    else if (quote !== '') {
      if (char === quote) quote = ''
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  return word === undefined ? words : [...words, word]
}

/** `A=b C="d e"`, or `A b`: pairs of names and values. @throws EngineError `InvalidArgument`. */
export function pairsOf(change: string, instruction: string, text: string): [string, string][] {
  const words = wordsOf(text)
  const [first = ''] = words
  if (!first.includes('=')) {
    const rest = text.trim().slice(first.length).trim()
    if (first === '' || rest === '') throw badChange(change, `${instruction} must have two arguments`)
    return [[first, wordsOf(rest).join(' ')]]
  }
  return words.map((word) => {
    const equals = word.indexOf('=')
    if (equals < 1) throw badChange(change, `${instruction} is written NAME=VALUE, and ${JSON.stringify(word)} is not`)
    return [word.slice(0, equals), word.slice(equals + 1)]
  })
}

/** A JSON list of words, or nothing. */
export function jsonWords(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
  } catch {
    return undefined
  }
}
