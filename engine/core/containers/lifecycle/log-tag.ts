import { EngineError } from '../../../errors/index.ts'

const field = /\{\{\s*\.([A-Za-z][\w.]*)\s*\}\}/g

/** Names that templates have besides those of inspect. */
const otherNames = new Map([
  ['ID', 'Id'],
  ['FullID', 'Id'],
])

/** @throws EngineError `InvalidArgument` for a tag that is more than fields and text. */
export function checkTag(tag: string): void {
  if (!tag.replaceAll(field, '').includes('{{')) return
  const message = `The log tag ${JSON.stringify(tag)} cannot be understood: a tag is text and fields of inspect, as {{.Name}} or {{.ImageName}}.`
  throw new EngineError('InvalidArgument', message, { details: { field: 'log_configuration' } })
}

/** A tag with the values of its fields; those that are no text are left out. */
export function fillTag(tag: string, inspected: object): string {
  return tag.replaceAll(field, (_, path: string) => {
    const names = (otherNames.get(path) ?? path).split('.')
    const value = names.reduce<unknown>(
      (found, name) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, name)
          ? (found as Record<string, unknown>)[name]
          : undefined,
      inspected,
    )
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  })
}
