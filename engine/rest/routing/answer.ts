import { posix } from 'node:path'

import { type CallOptions, type Engine, type Operation, requestIdHeader } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { headerOf, type RestReply, type RestRequest } from '../http/message.ts'
import { failureReply, refusedReply, unmatchedReply } from './dialect.ts'
import { invalidField, statusOf } from './failure.ts'
import { asLibpodReads, asLibpodWrites, isOurs, progressReply, reportedReply } from './foreign-clients.ts'
import { collectInput } from './input.ts'
import { callReply, headerWith, streamReply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import { dialectAt, type Match, matchRoute, refusedRoute } from './routes.ts'
import { keepSentLogins, releasing } from './sent-logins.ts'

/** Called once for every failure of a request. */
export type OnFailure = (error: EngineError, operation: string, requestId: string | undefined) => void

/** The part of a target before and after the question mark. */
export function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const mark = target.indexOf('?')
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

/** Options of a call: its abort signal and its request id. */
export function callOptions(request: Pick<RestRequest, 'headers' | 'signal'>): CallOptions {
  const requestId = headerOf(request, requestIdHeader)
  return { signal: request.signal, ...(requestId !== undefined && /^[\w.:-]{1,64}$/.test(requestId) ? { requestId } : {}) }
}

/** Answers one request for a call or a stream. Never rejects. */
export async function answer(engine: Engine, request: RestRequest, onFailure: OnFailure): Promise<RestReply> {
  const { path, query } = splitTarget(request.target)
  const { requestId } = callOptions(request)
  const context: RequestContext = { name: `${request.method} ${path}`, dialect: undefined, read: false }
  try {
    // As Go's routers have it: a path is cleaned before it means anything.
    if (/\/\/|\/\.\.?(?:\/|$)/.test(path))
      return { status: 301, headers: { location: `${posix.normalize(path)}${request.target.slice(path.length)}` } }
    const refused = refusedRoute(request.method, path)
    if (refused) return refusedReply(refused)
    const match = findMatch(request.method, path, query, context)
    const onBreak = (error: unknown) => onFailure(EngineError.from(error), match.name, requestId)
    return await replyTo(engine, match, query, request, context, onBreak)
  } catch (error) {
    const failure = EngineError.from(error)
    onFailure(failure, context.name, requestId)
    const unmatched = isOurs(request) ? undefined : unmatchedReply(failure)
    return unmatched ?? failureReply(failure, statusOf(failure, context), context.dialect)
  }
}

/** The requested operation. Facts for a failure go into `context`. */
export function findMatch(method: string, path: string, query: URLSearchParams, context: RequestContext): Match {
  let match: Match
  try {
    match = matchRoute(method, path, query)
  } catch (error) {
    context.dialect = dialectAt(path)
    throw error
  }
  context.name = match.name
  context.dialect = match.operation.dialect
  context.statuses = match.operation.statuses
  return match
}

/** Runs the operation. Facts for a failure go into `context`. */
async function replyTo(
  engine: Engine,
  match: Match,
  query: URLSearchParams,
  request: RestRequest,
  context: RequestContext,
  onBreak: (error: unknown) => void,
): Promise<RestReply> {
  const { operation } = match
  let input = await collectInput(match, query, request)
  context.named = Object.values(match.fields)[0]
  const ours = isOurs(request)
  if (!ours) asLibpodReads(operation, input)
  if (operation.dialect !== undefined) input = match.parse(input)
  const logins = ours ? undefined : await keepSentLogins(operation, request)
  context.read = true
  try {
    if (logins) input[logins.field] = logins.authfile
    const call = () => match.run(engine, input, callOptions(request))
    const stream = () => call() as Promise<AsyncIterable<unknown>>
    const { progress } = (ours ? undefined : operation.foreign) ?? {}
    const stated = await answerHeader(engine, operation, input, request)
    let reply: RestReply
    if (operation.kind !== 'stream') reply = callReply(operation, ours ? await call() : asLibpodWrites(operation, await call()))
    else if (progress) reply = await progressReply(operation, progress, match.parse(input)['quiet'] === true, stream, onBreak)
    else reply = await streamReply(operation, stream, onBreak)
    if (stated) reply = { ...reply, headers: { ...reply.headers, ...stated } }
    if (logins && typeof reply.body === 'object' && !Buffer.isBuffer(reply.body))
      return { ...reply, body: releasing(reply.body, logins.release) }
    await logins?.release()
    return reply
  } catch (error) {
    await logins?.release()
    const reported = ours ? undefined : reportedReply(operation, error)
    if (reported) {
      onBreak(error)
      return reported
    }
    if (EngineError.is(error, 'InvalidArgument')) context.field = invalidField(match, input)
    throw error
  }
}

/** The header of an answer that another operation's answer goes into. */
async function answerHeader(
  engine: Engine,
  { answerHeader: header }: Operation,
  input: Readonly<Record<string, unknown>>,
  request: RestRequest,
): Promise<Record<string, string> | undefined> {
  if (header?.operation === undefined) return undefined
  const verb = engine[header.operation as keyof Engine] as unknown as (input: unknown, options: CallOptions) => Promise<unknown>
  const fields = Object.fromEntries((header.fields ?? []).map((field) => [field, input[field]]))
  return headerWith(header, await verb(fields, callOptions(request)))
}
