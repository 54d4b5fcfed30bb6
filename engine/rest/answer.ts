import {
  type CallOptions,
  clientHeader,
  type Engine,
  type Operation,
  requestIdHeader,
  type StreamFormat,
} from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import { knownJson } from '../lib/known-json.ts'
import { compatReply } from './compat/index.ts'
import { encodeItems } from './encode-items.ts'
import { type Asked, failureReply, invalidField, statusOf } from './failure.ts'
import { fixedRoute } from './fixed-routes.ts'
import { collectInput } from './input.ts'
import { headerOf, type RestReply, type RestRequest } from './message.ts'
import { firstOrLater } from './peek.ts'
import { pathAsMeant, readableBy } from './peculiarities.ts'
import { transferReply, withPodmanDefaults } from './podman-transfer.ts'
import { type Match, matchRoute } from './routes.ts'
import { keepSentLogins, releasing } from './sent-logins.ts'

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
  const asked: Asked = { read: false }
  try {
    const { path: given, query } = splitTarget(request.target)
    const path = pathAsMeant(given)
    const fixed = await fixedRoute(engine, request, path)
    if (fixed) return fixed
    const docker = await compatReply(engine, request, path, query, options, onFailure)
    if (docker) return docker
    const match = matchRoute(request.method, path, query)
    name = match.name
    asked.statuses = match.operation.statuses
    const onBreak = (error: unknown) => onFailure(EngineError.from(error), name, options.requestId)
    return await replyTo(engine, match, query, request, asked, onBreak)
  } catch (error) {
    const failure = EngineError.from(error)
    onFailure(failure, name, options.requestId)
    return failureReply(failure, statusOf(failure, asked))
  }
}

/** Calls the operation. What its failure is about goes into `asked`. */
async function replyTo(
  engine: Engine,
  match: Match,
  query: URLSearchParams,
  request: RestRequest,
  asked: Asked,
  onBreak: (error: unknown) => void,
): Promise<RestReply> {
  const { name, operation } = match
  const input = await collectInput(match, query, request)
  asked.named = input['name']
  const ours = headerOf(request, clientHeader) !== undefined
  if (!ours) withPodmanDefaults(name, input)
  const logins = ours ? undefined : await keepSentLogins(operation, request)
  asked.read = true
  let reply: RestReply | undefined
  try {
    if (logins) input['authfile'] = logins.authfile
    const call = () => verbOf(engine, name)(input, callOptions(request))
    reply = ours ? undefined : await transferReply(name, input, call, onBreak)
    if (!reply) {
      const value = await call()
      reply =
        operation.kind === 'stream'
          ? await streamReply(operation, readableBy(ours, name, value as AsyncIterable<unknown>), onBreak)
          : callReply(operation, value)
    }
    if (logins && typeof reply.body === 'object') return { ...reply, body: releasing(reply.body, logins.release) }
    await logins?.release()
    return reply
  } catch (error) {
    await logins?.release()
    if (EngineError.is(error, 'InvalidArgument')) asked.field = invalidField(name, input)
    throw error
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

const contentTypes: Record<StreamFormat, string> = {
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
