import { EngineError } from '../../errors/index.ts'

/** `KEY=VALUE` texts as a map. @throws InvalidArgument */
export function toAnnotations(texts: readonly string[] | null | undefined): Record<string, string> {
  const annotations: Record<string, string> = {}
  for (const text of texts ?? []) {
    const equals = text.indexOf('=')
    if (equals < 0)
      throw new EngineError('InvalidArgument', `no value given for annotation ${JSON.stringify(text)}`, {
        details: { annotation: text },
      })
    annotations[text.slice(0, equals)] = text.slice(equals + 1)
  }
  return annotations
}
