import { EngineError } from '../../../errors/index.ts'
import { wordsOf } from '../../../spec/words.ts'

/** @throws EngineError `InvalidArgument`. */
export function badChange(change: string, reason: string): EngineError {
  return new EngineError('InvalidArgument', `invalid change ${JSON.stringify(change)}: ${reason}`, {
    details: { field: 'changes' },
  })
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
