import { decodeSecret, type HeaderField, type Operation, withoutNulls } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { readJsonBody } from '../http/json-body.ts'
import { withFieldNames } from './field-names.ts'
import { isGoClient } from './foreign-clients.ts'
import type { Match } from './routes.ts'
import { headerOf, type RestRequest } from '../http/message.ts'

/** An operation's raw input: path, query, headers and body in one object, for the engine to check. */
export async function collectInput(match: Match, query: URLSearchParams, request: RestRequest): Promise<Record<string, unknown>> {
  const { operation, fields } = match
  const input: Record<string, unknown> = { ...queryFields(operation, query), ...fields }
  refuseNulls(input)
  // Podman's client names a file of its own host; its content is in a header.
  if (operation.loginFile !== undefined && isGoClient(request)) delete input[operation.loginFile]
  for (const [field, header] of Object.entries(operation.headers ?? {})) {
    delete input[field] // what a query string holds is in logs
    const secret = secretIn(request, field, header)
    if (secret !== undefined) input[field] = secret
  }
  if (operation.body === 'bytes') input['body'] = request.body
  else if (operation.body !== undefined)
    input['body'] = withoutNulls(operation.body, bodyFields(operation, await readJsonBody(request.body)))
  return input
}

function secretIn(request: RestRequest, field: string, header: HeaderField): string | undefined {
  const value = headerOf(request, header.name.toLowerCase())
  try {
    return value === undefined ? undefined : decodeSecret(header, value)
  } catch (error) {
    const { code, message } = EngineError.from(error)
    throw new EngineError(code, message, { details: { field } })
  }
}

/** No text may hold a NUL: system calls and program arguments cannot. */
function refuseNulls(input: Readonly<Record<string, unknown>>): void {
  for (const [field, value] of Object.entries(input)) {
    if (![value].flat().some((each) => typeof each === 'string' && each.includes('\0'))) continue
    throw new EngineError('InvalidArgument', `The field ${field} holds a NUL byte; leave it out.`, { details: { field } })
  }
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
  return body === undefined || body === 'bytes' ? value : withFieldNames(body, value)
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
