import type { Duplex } from 'node:stream'

import { encodeFrame, type Engine, type Pipe } from '../contract/index.ts'
import { EngineError } from '../errors/index.ts'
import { type OnFailure, callOptions, splitTarget, verbOf } from './answer.ts'
import { failureReply } from './failure.ts'
import { collectInput } from './input.ts'
import { headerOf, type RestReply, type RestRequest } from './message.ts'
import { type Match, matchRoute } from './routes.ts'

/** Whether a request's answer takes the connection over. */
export function isDuplex(method: string, target: string): boolean {
  try {
    const { path, query } = splitTarget(target)
    return matchRoute(method, path, query).operation.kind === 'duplex'
  } catch {
    return false
  }
}

/** A process to connect to, and whether it has a terminal; or the answer that there is none. */
export type Connection = { pipe: Pipe; terminal: boolean } | RestReply

/** Answers one request for a duplex. Never rejects. A `Detach`ed exec has its answer and no pipe. */
export async function openPipe(engine: Engine, request: RestRequest, onFailure: OnFailure): Promise<Connection> {
  const options = callOptions(request)
  let name = 'duplex'
  try {
    const { path, query } = splitTarget(request.target)
    const match = matchRoute(request.method, path, query)
    name = match.name
    const input = await collectInput(match, query, request)
    const terminal = await hasTerminal(engine, match)
    const pipe = (await verbOf(engine, match.name)(input, options)) as Pipe
    if ((input['body'] as { Detach?: unknown } | undefined)?.Detach !== true) return { pipe, terminal }
    pipe.close()
    return { status: 200, headers: { 'content-type': 'text/plain; charset=us-ascii' }, body: '\n' }
  } catch (error) {
    const failure = EngineError.from(error)
    onFailure(failure, name, options.requestId)
    return failureReply(failure)
  }
}

async function hasTerminal(engine: Engine, match: Match): Promise<boolean> {
  if (match.name === 'exec.start') return (await engine['exec.inspect']({ id: match.fields['id'] ?? '' })).ProcessConfig.tty
  return (await engine['container.inspect']({ name: match.fields['name'] ?? '' })).Config.Tty
}

/** The head that hands the connection over, as libpod writes it: 101 where the client asked for an upgrade. */
export function hijackHead(request: RestRequest, terminal: boolean): string {
  const type = `Content-Type: application/vnd.docker.${terminal ? 'raw' : 'multiplexed'}-stream\r\n`
  if (headerOf(request, 'upgrade') === undefined) return `HTTP/1.1 200 OK\r\n${type}\r\n`
  return `HTTP/1.1 101 UPGRADED\r\n${type}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`
}

/**
 * Joins a connection and a process until the process's output ends or the client leaves. The client's half-close is
 * end of input; its leaving detaches. Both ends are freed when this resolves; it never rejects.
 */
export async function joinPipe(pipe: Pipe, socket: Duplex, terminal: boolean, input: AsyncIterable<Uint8Array>): Promise<void> {
  const gone = new Promise<void>((resolve) => socket.once('close', resolve))
  void gone.then(() => pipe.close())
  socket.on('error', () => socket.destroy())
  void forwardInput(pipe, input)
  try {
    for await (const chunk of pipe.output) {
      if (socket.destroyed) break
      if (!socket.write(terminal ? chunk.data : encodeFrame(chunk))) await drained(socket)
    }
    if (!socket.destroyed) await new Promise<void>((resolve) => socket.end(resolve))
  } catch {
    // The process's side broke: all that can be said is that the connection ends.
  } finally {
    pipe.close()
    socket.destroy()
  }
}

async function forwardInput(pipe: Pipe, input: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const data of input) await pipe.write(data)
    await pipe.end()
  } catch {
    // The process no longer reads, or the client left: the output side ends the connection.
  }
}

function drained(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
