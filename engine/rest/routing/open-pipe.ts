import { type CallOptions, type Engine, fieldAt, type Operation, type Pipe } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { RestReply, RestRequest } from '../http/message.ts'
import { type OnFailure, callOptions, findMatch, splitTarget } from './answer.ts'
import { failureReply } from './dialect.ts'
import { failedExec } from './failed-exec.ts'
import { statusOf } from './failure.ts'
import { asLibpodReads, isOurs } from './foreign-clients.ts'
import { collectInput } from './input.ts'
import type { RequestContext } from './request-context.ts'
import { type Match, matchRoute } from './routes.ts'

/** Whether a request upgrades the connection. */
export function isDuplex(method: string, target: string): boolean {
  try {
    const { path, query } = splitTarget(target)
    return matchRoute(method, path, query).operation.kind === 'duplex'
  } catch {
    return false
  }
}

/** A process to connect to, and whether it has a terminal; or the answer that there is none. */
export type Connection = { pipe: Pipe; terminal: boolean; dialect: Operation['dialect'] } | RestReply

/** Answers one request for a duplex. Never rejects. One that needs no connection has a reply and no pipe. */
export async function openPipe(engine: Engine, request: RestRequest, onFailure: OnFailure): Promise<Connection> {
  const options = callOptions(request)
  const { path, query } = splitTarget(request.target)
  const context: RequestContext = { name: `${request.method} ${path}`, dialect: undefined, read: false }
  try {
    const match = findMatch(request.method, path, query, context)
    const given = await collectInput(match, query, request)
    if (!isOurs(request)) asLibpodReads(match.operation, given)
    const input = match.operation.dialect === undefined ? given : match.parse(given)
    context.read = true
    return await connect(engine, match, input, request)
  } catch (error) {
    const failure = EngineError.from(error)
    onFailure(failure, context.name, options.requestId)
    return failureReply(failure, statusOf(failure, context), context.dialect)
  }
}

async function connect(engine: Engine, match: Match, input: Record<string, unknown>, request: RestRequest): Promise<Connection> {
  const options = callOptions(request)
  const terminal = await hasTerminal(engine, match, options)
  const { detach } = match.operation.upgrade ?? {}
  const connects = detach === undefined || fieldAt(input['body'], detach) !== true
  const pipe = await (match.run(engine, input, options) as Promise<Pipe>).catch((error: unknown) => {
    const failed = connects && !isOurs(request) ? failedExec(error) : undefined
    if (failed) return failed
    throw error
  })
  if (connects) return { pipe, terminal, dialect: match.operation.dialect }
  pipe.close()
  return { status: 200, headers: { 'content-type': 'text/plain; charset=us-ascii' }, body: '\n' }
}

async function hasTerminal(engine: Engine, { operation, fields }: Match, options: CallOptions): Promise<boolean> {
  if (operation.upgrade === undefined) return false
  const { operation: name, field, at } = operation.upgrade.terminal
  const inspect = engine[name as keyof Engine] as unknown as (input: unknown, options: CallOptions) => Promise<unknown>
  return fieldAt(await inspect({ [field]: fields[field] }, options), at) === true
}
