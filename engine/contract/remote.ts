import * as v from 'valibot'

import { EngineError, errorStatus, fromWire } from '../errors/index.ts'
import { type CallOptions, describe, type Engine, engineOf, type OperationName } from './engine.ts'
import { type Operation, type OutputChunk, type Pipe, plainText } from './operation.ts'
import { parseInput } from './parse.ts'
import type { Transport, TransportReply, TransportRequest } from './transport.ts'
import { decodeFrames } from './wire/frames.ts'
import { readText, splitLines } from './wire/lines.ts'
import { encodeRequest } from './wire/request.ts'

/** The version of libpod's API that we speak. */
export const apiVersion = '5.4.2'

/** The header that carries {@link CallOptions.requestId}; podman's own name for it. */
export const requestIdHeader = 'x-reference-id'

/** Says that the client is ours, and reads what libpod's would not know. */
export const clientHeader = 'x-berth-client'

/** Bytes of a process's output ahead of what a person sees: what they type must take effect at once. */
const terminalWindow = 128 * 1024
const maxErrorBody = 1024 * 1024
const maxAnswer = 512 * 1024 * 1024

/**
 * The remote engine behind a transport: ours or real Podman's, as both speak libpod's REST API. Failures are the same EngineErrors
 * as the local engine's; `EngineUnreachable` if there is no answer.
 */
export function connectEngine(transport: Transport): Engine {
  return engineOf(
    (name) =>
      (input, options = {}) =>
        send(transport, name, input, options),
  )
}

async function send(transport: Transport, name: OperationName, input: unknown, options: CallOptions): Promise<unknown> {
  const operation = describe(name)
  if (options.signal?.aborted) throw new EngineError('Cancelled', `${name} was cancelled before it began.`)
  const wire = encodeRequest(operation, parseInput(name, input) as Record<string, unknown>)
  const request: TransportRequest = { ...wire, path: `/v${apiVersion}${wire.path}`, signal: options.signal }
  request.headers[clientHeader] = '1'
  if (options.requestId !== undefined) request.headers[requestIdHeader] = options.requestId
  try {
    if (operation.kind === 'duplex') return await connect(transport, operation, request)
    const reply = await transport.request(request)
    if (reply.status < 200 || reply.status > 299) throw await failure(operation, reply.status, reply.body)
    return operation.kind === 'stream' ? items(operation, reply, options) : await answer(operation, reply)
  } catch (error) {
    throw toEngineError(error, name, options)
  }
}

async function answer(operation: Operation, reply: TransportReply): Promise<unknown> {
  const { answerHeader } = operation
  if (answerHeader && answerHeader.operation === undefined) {
    await readText(reply.body, maxErrorBody)
    const bytes = Uint8Array.from(atob(reply.headers[answerHeader.name.toLowerCase()] ?? ''), (char) => char.charCodeAt(0))
    return v.parse(operation.output(), JSON.parse(new TextDecoder().decode(bytes)))
  }
  const text = await readText(reply.body, maxAnswer)
  if (operation.output().type === 'void' || text.trim() === '') return undefined
  const value: unknown = operation.mediaType === plainText && operation.output().type === 'string' ? line(text) : JSON.parse(text)
  // Go writes an empty list as null.
  return value === null && operation.output().type === 'array' ? [] : value
}

/** A text that libpod sends as it is, and older versions of ours as JSON. */
const line = (text: string): string => (text.startsWith('"') ? String(JSON.parse(text)) : text.replace(/\n$/, ''))

async function* items(
  operation: Operation,
  reply: TransportReply,
  options: CallOptions,
): AsyncGenerator<unknown, void, undefined> {
  try {
    if (operation.format === 'bytes') yield* reply.body
    else if (operation.format === 'frames') yield* decodeFrames(reply.body)
    else for await (const line of splitLines(reply.body)) yield checkItem(JSON.parse(line))
  } catch (error) {
    throw toEngineError(error, operation.path, options)
  }
}

/** A stream that fails after it began says so in its last item. */
function checkItem(item: unknown): unknown {
  const { error, Error: tick, code, details, cause } = item as Record<string, unknown>
  if (typeof error === 'string' && error !== '') throw fromWire(500, { message: error, code, details, cause })
  if (tick !== undefined && tick !== null) throw fromWire(500, typeof tick === 'string' ? { message: tick } : tick)
  return item
}

async function connect(transport: Transport, operation: Operation, request: TransportRequest): Promise<Pipe> {
  const { body, ...rest } = request
  const text = body as string | undefined
  // Nothing to connect to: what runs in the background answers with a plain 200.
  const detach = operation.upgrade?.detach
  if (detach !== undefined && text !== undefined && (JSON.parse(text) as Record<string, unknown>)[detach] === true)
    return detached(transport, operation, request)
  const headers = { ...rest.headers, upgrade: 'tcp', connection: 'Upgrade' }
  const {
    status,
    headers: answered,
    input,
    output,
    close,
  } = await transport.upgrade({ ...rest, headers, body: text, window: terminalWindow })
  if (status !== 101 && status !== 200) {
    try {
      throw await failure(operation, status, output)
    } finally {
      close()
    }
  }
  const raw = answered['content-type']?.includes('raw-stream') ?? false
  return { output: raw ? terminalOutput(output) : decodeFrames(output), write: input.write, end: input.end, close }
}

async function detached(transport: Transport, operation: Operation, request: TransportRequest): Promise<Pipe> {
  const reply = await transport.request(request)
  if (reply.status < 200 || reply.status > 299) throw await failure(operation, reply.status, reply.body)
  await readText(reply.body, maxErrorBody)
  const nothing = async () => {}
  return { output: (async function* () {})(), write: nothing, end: nothing, close: () => {} }
}

async function* terminalOutput(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  for await (const data of source) yield { stream: 'stdout', data }
}

async function failure(operation: Operation, status: number, body: AsyncIterable<Uint8Array>): Promise<EngineError> {
  const text = await readText(body, maxErrorBody).catch(() => '')
  let parsed: unknown
  try {
    // No body comes with 304.
    parsed = status === 304 ? { message: 'There was nothing to do: it is in that state already.' } : JSON.parse(text)
  } catch {
    parsed = text.trim() === '' ? undefined : { message: `The engine answered: ${text.trim().slice(0, 200)}` }
  }
  const error = fromWire(status, parsed)
  if ((parsed as { code?: unknown } | undefined)?.code === error.code) return error
  // Real Podman's failures have a status and no code: take the operation's own one with that status.
  const code = operation.errors.find((each) => errorStatus[each] === status) ?? error.code
  return new EngineError(code, error.message, { cause: error.cause, details: error.details })
}

function toEngineError(error: unknown, name: string, options: CallOptions): EngineError {
  if (options.signal?.aborted) return new EngineError('Cancelled', `${name} was cancelled.`)
  if (error instanceof EngineError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new EngineError('EngineUnreachable', `The engine did not answer ${name}: ${reason}`, { cause: error })
}
