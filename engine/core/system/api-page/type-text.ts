/** A JSON schema, as far as the contract's have it. */
export interface JsonSchema {
  type?: string | readonly string[]
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly JsonSchema[]
  items?: JsonSchema
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
  additionalProperties?: JsonSchema | boolean
}

/** Deeper parts are not shown: they stand in the document itself. */
const maxDepth = 6

/** A schema in the notation of TypeScript, over several lines where it has fields. */
export function typeText(schema: JsonSchema, indent = ''): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map((each) => typeText(each, indent)))].join(' | ')
  if (schema.items) return `${grouped(typeText(schema.items, indent))}[]`
  if (schema.properties && Object.keys(schema.properties).length > 0) return fields(schema, indent)
  if (typeof schema.additionalProperties === 'object') return `{ [name]: ${typeText(schema.additionalProperties, indent)} }`
  if (schema.type === undefined) return 'any'
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' | ')
}

function fields({ properties = {}, required = [] }: JsonSchema, indent: string): string {
  const inner = `${indent}  `
  if (inner.length > 2 * maxDepth) return '{ … }'
  const lines = Object.entries(properties).map(
    ([name, schema]) => `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeText(schema, inner)}\n`,
  )
  return `{\n${lines.join('')}${indent}}`
}

const grouped = (text: string): string => (text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text)
