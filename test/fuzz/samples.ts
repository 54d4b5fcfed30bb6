import { describe, type Operation, type OperationName } from '../../engine/contract/index.ts'

/** Values by the names of fields, where one of the right type alone would be refused at once. */
const byName: Readonly<Record<string, unknown>> = {
  name: 'shop',
  id: 'shop',
  reference: '127.0.0.1:1/a/b:c',
  filters: { label: ['a=b'] },
  image: '127.0.0.1:1/a/b:c',
  mounts: [{ type: 'bind', source: '/tmp', destination: '/x', options: ['ro'] }],
  volumes: [{ Name: 'v', Dest: '/v', Options: [] }],
  portmappings: [{ container_port: 80, host_port: 8080, protocol: 'tcp' }],
  netns: { nsmode: 'none' },
  env: { A: 'b' },
  since: '10m',
  until: '1700000000',
}

type Node = {
  type: string
  entries?: Record<string, Node>
  wrapped?: Node
  options?: unknown
  pipe?: Node[]
  item?: Node
  literal?: unknown
}

/** An input that an operation takes, or nearly so: what a mutation begins with. */
export function sampleInput(name: OperationName): Record<string, unknown> {
  return sampleFields(describe(name))
}

/** The same for any description. */
export function sampleFields({ input, body }: Operation): Record<string, unknown> {
  const fields = sampleOf(input as unknown as Node, '') as Record<string, unknown>
  return body === undefined || body === 'bytes' ? fields : { ...fields, body: sampleOf(body as unknown as Node, '') }
}

/** A value of a schema (valibot's own description of it). */
function sampleOf(schema: Node, field: string, depth = 0): unknown {
  if (Object.hasOwn(byName, field)) return byName[field]
  if (depth > 6) return null
  switch (schema.type) {
    case 'object':
    case 'loose_object':
    case 'strict_object':
      return Object.fromEntries(Object.entries(schema.entries ?? {}).map(([key, each]) => [key, sampleOf(each, key, depth + 1)]))
    case 'optional':
    case 'nullable':
    case 'nullish':
      return sampleOf(schema.wrapped!, field, depth)
    case 'union':
      return sampleOf((schema.options as Node[])[0]!, field, depth)
    case 'picklist':
      return (schema.options as unknown[])[0]
    case 'literal':
      return schema.literal
    case 'array':
      return [sampleOf(schema.item!, field, depth + 1)]
    case 'record':
      return { a: 'b' }
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'string':
      return 'text'
    default:
      return null
  }
}
