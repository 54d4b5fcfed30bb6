import { EngineError } from '../../errors/index.ts'

/** Longer patterns are refused: some take time that grows with the power of their length. */
const longest = 256

/** The regular expression that a filter value is. @throws EngineError `InvalidArgument`, naming the filter. */
export function pattern(value: string, filter: string): RegExp {
  try {
    if (value.length <= longest) return new RegExp(value)
  } catch {
    // Said below.
  }
  throw new EngineError(
    'InvalidArgument',
    `The value ${JSON.stringify(value.slice(0, longest))} of the filter ${filter} is not a regular expression of up to ${longest} characters.`,
    { details: { filter } },
  )
}
