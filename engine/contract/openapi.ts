import { toJsonSchema } from '@valibot/to-json-schema'

import { errorStatus } from '../errors/index.ts'
import { dockerOperationNames, dockerOperations } from './docker/index.ts'
import { describe } from './engine.ts'
import type { Operation, Schema } from './operation.ts'
import { operationNames } from './operations.ts'
import { apiVersion } from './remote.ts'

type Json = Record<string, unknown>

/**
 * The REST API as an OpenAPI 3.1 document, all of it derived from the operations. Operations that libpod puts on one path and
 * method, distinguished by a query parameter, are alternatives in one description.
 */
export function openApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  const add = (id: string, path: string, method: string, described: Json): void => {
    const item = (paths[path.replace(/:\.\*\}/g, '}')] ??= {})
    const one = { operationId: id, ...described }
    item[method] = item[method] ? merge(item[method], one) : one
  }
  for (const [name, operation] of everyOperation()) {
    const described = describeOperation(name, operation)
    const method = operation.method.toLowerCase()
    for (const [index, path] of [operation.path, ...(operation.aliases ?? [])].entries()) {
      const id = index === 0 ? name : `${name}.${index + 1}`
      add(id, path, method, described)
      if (operation.head)
        add(`${id}.head`, path, 'head', { ...described, responses: { [operation.status ?? 200]: { description: 'Done.' } } })
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Berth',
      version,
      description: `libpod's REST API ${apiVersion} and Docker's, as far as Berth has them, and what Berth adds. Every path also answers below /vX.Y.Z.`,
    },
    paths,
    components: { schemas: { Error: errorSchema, DockerError: dockerErrorSchema } },
  }
}

function everyOperation(): [string, Operation][] {
  return [
    ...operationNames.map((name): [string, Operation] => [name, describe(name)]),
    ...dockerOperationNames.map((name): [string, Operation] => [name, dockerOperations[name]]),
  ]
}

const errorSchema: Json = {
  type: 'object',
  required: ['cause', 'message', 'response', 'code'],
  properties: {
    cause: { type: 'string' },
    message: { type: 'string' },
    response: { type: 'integer' },
    code: { enum: Object.keys(errorStatus) },
    details: { type: 'object' },
  },
}

const dockerErrorSchema: Json = {
  type: 'object',
  required: ['message'],
  properties: { cause: { type: 'string' }, message: { type: 'string' }, response: { type: 'integer' } },
}

function schemaOf(schema: Schema, typeMode: 'input' | 'output'): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, { errorMode: 'ignore', typeMode }) as Json
  return json
}

function describeOperation(name: string, operation: Operation): Json {
  const chosenBy = operation.given ?? Object.keys(operation.fixed ?? {})[0]
  return {
    summary: operation.summary,
    tags: [name.split('.')[0]],
    ...(chosenBy === undefined ? {} : { [chooses]: chosenBy }),
    ...(operation.extension ? { 'x-berth-extension': true } : {}),
    parameters: parameters(operation),
    ...(operation.body === undefined ? {} : { requestBody: requestBody(operation.body) }),
    responses: { ...success(operation), ...failures(operation) },
  }
}

/** Input fields as query strings carry them: their own schema where it says so, else text. */
function parameters(operation: Operation): Json[] {
  const { properties = {}, required = [] } = schemaOf(operation.input, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const place = (field: string) =>
    operation.path.includes(`{${field}}`) || operation.path.includes(`{${field}:`)
      ? 'path'
      : operation.headers?.[field]
        ? 'header'
        : 'query'
  const fields = Object.entries(properties).map(([field, schema]) => {
    const where = place(field)
    return {
      name: where === 'header' ? operation.headers?.[field]?.name : field,
      in: where,
      required: where === 'path' || required.includes(field),
      schema: asText(schema),
    }
  })
  const fixed = Object.entries(operation.fixed ?? {}).map(([field, value]) => ({
    name: field,
    in: 'query',
    required: true,
    schema: { const: value },
  }))
  return [...fields, ...fixed]
}

/** A schema without the forms that only query strings have: a flag is a boolean in any spelling. */
function asText({ anyOf, default: initial, ...schema }: Json): Json {
  const types = (anyOf as Json[] | undefined)?.map(({ type }) => type) ?? []
  const rest = initial === undefined ? {} : { default: initial }
  if (types.length === 0) return { ...schema, ...rest }
  if (types.includes('boolean')) return { type: 'boolean', ...rest }
  if (types.includes('array')) return { type: 'array', items: { type: 'string' }, ...rest }
  if (types.includes('object')) return { type: 'string', contentMediaType: 'application/json' }
  return { type: 'integer', ...rest }
}

function requestBody(body: Schema | 'bytes'): Json {
  if (body === 'bytes') return { required: true, content: { 'application/octet-stream': {} } }
  return { content: { 'application/json': { schema: schemaOf(body, 'input') } } }
}

function success(operation: Operation): Json {
  if (operation.kind === 'duplex') {
    const content = { 'application/vnd.docker.raw-stream': {}, 'application/vnd.docker.multiplexed-stream': {} }
    return {
      101: {
        description: 'The connection now carries the streams; so it does after 200, for clients that did not ask for an upgrade.',
        content,
      },
      200: { description: 'As 101.', content },
    }
  }
  const nothing = operation.output().type === 'void'
  const status = operation.status ?? (nothing ? 204 : 200)
  if (nothing) return { [status]: { description: 'Done.' } }
  if (operation.format === 'frames')
    return {
      [status]: { description: 'Output behind 8-byte headers.', content: { 'application/vnd.docker.multiplexed-stream': {} } },
    }
  if (operation.format === 'bytes')
    return { [status]: { description: 'An archive.', content: { [operation.mediaType ?? 'application/octet-stream']: {} } } }
  if (operation.mediaType !== undefined)
    return {
      [status]: {
        description: 'The answer.',
        content: { [operation.mediaType]: { schema: schemaOf(operation.output(), 'output') } },
      },
    }
  const description = operation.kind === 'stream' ? 'One such document a line, for as long as it runs.' : 'The answer.'
  return { [status]: { description, content: { 'application/json': { schema: schemaOf(operation.output(), 'output') } } } }
}

/** Failures by status, each with the codes that have it. */
function failures(operation: Operation): Json {
  const byStatus = Object.groupBy(operation.errors, (code) =>
    String(operation.statuses?.codes?.[code] ?? operation.statuses?.others ?? errorStatus[code]),
  )
  const schema = operation.dialect === 'docker' ? 'DockerError' : 'Error'
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      { description: codes.join(', '), ...(status === '304' ? {} : { content }) },
    ]),
  )
}

/** The query parameter that chooses between operations on one path. */
const chooses = 'x-berth-chosen-by'

function merge(first: Json, second: Json): Json {
  const parametersOf = (each: Json) => each['parameters'] as Json[]
  const names = new Set(parametersOf(first).map((each) => each['name']))
  const optional: Json[] = parametersOf(second)
    .filter((each) => !names.has(each['name']))
    .map((parameter) => ({ ...parameter, required: false }))
  const common = parametersOf(first).map((each) => (each['name'] === first[chooses] ? { ...each, required: false } : each))
  const responses = { ...(second['responses'] as Json), ...(first['responses'] as Json) }
  return {
    ...second,
    ...first,
    summary: `${String(first['summary'])}; or, with ${String(second[chooses])}: ${String(second['summary'])}`,
    parameters: [...common, ...optional],
    responses,
    'x-berth-alternative': second['operationId'],
  }
}
