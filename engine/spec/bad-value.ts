import { EngineError, type ErrorCode } from '../errors/index.ts'

type Values = Record<string, string | number>

/**
 * A value that cannot be used. The sentence is the same on the command line, over REST and, translated, on the page; it is podman's
 * where podman has one.
 *
 * @param sentence English, with `{name}` where a value goes. Only a literal: the page's catalogues are made from the calls.
 * @returns an EngineError whose details are the values and the sentence.
 */
export function badValue(sentence: string, values: Values = {}, code: ErrorCode = 'InvalidArgument'): EngineError {
  return new EngineError(code, fill(sentence, values), { details: { ...values, sentence } })
}

function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))
}

/** Puts words before what `parse` throws, which then says what the value is for. Only a literal, as above. @throws EngineError */
export function inContext<T>(context: string, parse: () => T, values: Values = {}): T {
  try {
    return parse()
  } catch (error) {
    if (!EngineError.is(error)) throw error
    const { contexts = [] } = error.details
    throw new EngineError(error.code, `${fill(context, values)}: ${error.message}`, {
      details: { ...values, ...error.details, contexts: [context, ...(Array.isArray(contexts) ? contexts : [])] },
      cause: error,
    })
  }
}

/** What `check` throws about a bad value; undefined for a good one. */
export function problemOf(check: () => unknown): EngineError | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (!EngineError.is(error)) throw error
    return error
  }
}
