import { decodeCredentials, type Operation } from '../contract/index.ts'
import { readJsonBody } from './json-body.ts'
import { dropClientsFiles, withoutZeroTimes } from './peculiarities.ts'
import type { Match } from './routes.ts'
import { headerOf, type RestRequest } from './message.ts'

/** An operation's raw input: path, query, headers and body in one object, for the engine to check. */
export async function collectInput(match: Match, query: URLSearchParams, request: RestRequest): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = { ...queryFields(match.operation, query), ...match.fields }
  dropClientsFiles(input, headerOf(request, 'user-agent'))
  for (const [field, header] of Object.entries(match.operation.headers ?? {})) {
    delete input[field] // what a query string holds is in logs
    const value = headerOf(request, header.toLowerCase())
    const credentials = value === undefined ? undefined : decodeCredentials(value)
    if (credentials !== undefined) input[field] = credentials
  }
  if (match.operation.body === 'bytes') input['body'] = request.body
  else if (match.operation.body !== undefined) input['body'] = bodyFields(match.operation, await readJsonBody(request.body))
  return withoutZeroTimes(input)
}

/** Only fields that the operation has; as in libpod their case does not matter, and unknown ones are ignored. */
function queryFields(operation: Operation, query: URLSearchParams): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  if (query.size === 0) return fields
  const names = fieldNames(operation)
  for (const key of new Set(query.keys())) {
    const field = names.get(key) ?? names.get(key.toLowerCase())
    if (field === undefined) continue
    const values = query.getAll(key)
    fields[field] = values.length === 1 ? values[0] : values
  }
  return fields
}

/** Go reads and writes the fields of JSON without regard to case: `Images` is `images`, where the operation has no `Images`. */
function bodyFields({ body }: Operation, value: unknown): unknown {
  const entries = (body as { entries?: object } | undefined)?.entries
  if (!entries || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const names = new Map(Object.keys(entries).map((name) => [name.toLowerCase(), name]))
  const fields = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(fields).map(([key, each]) => {
      const name = Object.hasOwn(entries, key) ? key : names.get(key.toLowerCase())
      return name !== undefined && (name === key || !Object.hasOwn(fields, name)) ? [name, each] : [key, each]
    }),
  )
}

const known = new WeakMap<Operation, Map<string, string>>()

function fieldNames(operation: Operation): Map<string, string> {
  let names = known.get(operation)
  if (!names) {
    const entries = Object.keys((operation.input as unknown as { entries?: object }).entries ?? {})
    names = new Map([
      ...entries.map((name) => [name.toLowerCase(), name] as const),
      ...entries.map((name) => [name, name] as const),
    ])
    known.set(operation, names)
  }
  return names
}
