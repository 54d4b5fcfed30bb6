import {
  type CallOptions,
  clientHeader,
  encodeFrame,
  type Engine,
  type Operation,
  type OutputChunk,
  requestIdHeader,
} from '../contract/index.ts'
import { EngineError, toWire } from '../errors/index.ts'
import { knownJson } from '../lib/known-json.ts'
import { compatReply } from './compat/index.ts'
import { failureReply } from './failure.ts'
import { fixedRoute } from './fixed-routes.ts'
import { collectInput } from './input.ts'
import { headerOf, type RestReply, type RestRequest } from './message.ts'
import { firstOrLater } from './peek.ts'
import { pathAsMeant, readableBy } from './peculiarities.ts'
import { matchRoute } from './routes.ts'

/** Told about every failure of a request, once. */
export type OnFailure = (error: EngineError, operation: string, requestId: string | undefined) => void

type AnyVerb = (input: unknown, options: CallOptions) => Promise<unknown>

/** The part of a target before and after the question mark. */
export function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const mark = target.indexOf('?')
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

/** The call behind an operation's name, for code that works on any of them. */
export function verbOf(engine: Engine, name: keyof Engine): AnyVerb {
  return engine[name] as unknown as AnyVerb
}

/** Who asked, for the verb. */
export function callOptions(request: Pick<RestRequest, 'headers' | 'signal'>): CallOptions {
  const requestId = headerOf(request, requestIdHeader)
  return { signal: request.signal, ...(requestId !== undefined && /^[\w.:-]{1,64}$/.test(requestId) ? { requestId } : {}) }
}

/** Answers one request for a call or a stream. Never rejects. */
export async function answer(engine: Engine, request: RestRequest, onFailure: OnFailure): Promise<RestReply> {
  const options = callOptions(request)
  let name = `${request.method} ${request.target.split('?', 1)[0]}`
  try {
    const { path: asked, query } = splitTarget(request.target)
    const path = pathAsMeant(asked)
    const fixed = await fixedRoute(engine, request, path)
    if (fixed) return fixed
    const docker = await compatReply(engine, request, path, query, options, onFailure)
    if (docker) return docker
    const match = matchRoute(request.method, path, query)
    name = match.name
    const value = await verbOf(engine, match.name)(await collectInput(match, query, request), options)
    if (match.operation.kind !== 'stream') return callReply(match.operation, value)
    const onBreak = (error: unknown) => onFailure(EngineError.from(error), name, options.requestId)
    const items = readableBy(headerOf(request, clientHeader) !== undefined, match.name, value as AsyncIterable<unknown>)
    return await streamReply(match.operation, items, onBreak)
  } catch (error) {
    const failure = EngineError.from(error)
    onFailure(failure, name, options.requestId)
    return failureReply(failure)
  }
}

function callReply(operation: Operation, value: unknown): RestReply {
  if (value === undefined) return { status: operation.status ?? 204, headers: {} }
  return {
    status: operation.status ?? 200,
    headers: { 'content-type': 'application/json' },
    body: `${(typeof value === 'object' && value !== null ? knownJson(value) : undefined) ?? JSON.stringify(value)}\n`,
  }
}

const contentTypes = {
  ndjson: 'application/json',
  frames: 'application/vnd.docker.multiplexed-stream',
  bytes: 'application/octet-stream',
}

async function streamReply(
  operation: Operation,
  items: AsyncIterable<unknown>,
  onBreak: (error: unknown) => void,
): Promise<RestReply> {
  const format = operation.format ?? 'ndjson'
  const ready = await firstOrLater(items)
  return {
    status: operation.status ?? 200,
    headers: { 'content-type': contentTypes[format] },
    body: encodeItems(ready, format, onBreak),
  }
}

async function* encodeItems(
  items: AsyncIterable<unknown>,
  format: keyof typeof contentTypes,
  onBreak: (error: unknown) => void,
): AsyncGenerator<Uint8Array | string> {
  try {
    for await (const item of items) {
      if (format === 'ndjson') yield `${JSON.stringify(item)}\n`
      else yield format === 'frames' ? encodeFrame(item as OutputChunk) : (item as Uint8Array)
    }
  } catch (error) {
    onBreak(error)
    if (format !== 'ndjson') throw error
    // The status went out long ago: libpod's clients look for `error` in the last line.
    const { response: _, message, ...rest } = toWire(EngineError.from(error))
    yield `${JSON.stringify({ error: message, ...rest })}\n`
  }
}
