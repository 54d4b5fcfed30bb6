import { EngineError } from '../../errors/index.ts'
import { type GoRegExp, goRegExp } from './go-regexp.ts'

/** The regular expression that a filter value is. @throws EngineError `InvalidArgument`, naming the filter. */
export async function pattern(value: string, filter: string): Promise<GoRegExp> {
  try {
    return await goRegExp(value)
  } catch (cause) {
    throw new EngineError(
      'InvalidArgument',
      `The value ${JSON.stringify(value.slice(0, 100))} of the filter ${filter} is not a regular expression: ${EngineError.from(cause).message}`,
      { details: { filter }, cause },
    )
  }
}

/** The regular expressions of several values. */
export const patterns = (values: readonly string[], filter: string): Promise<GoRegExp[]> =>
  Promise.all(values.map((value) => pattern(value, filter)))
