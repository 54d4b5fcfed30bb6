import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Problem, ProblemError, secretField } from '../../protocol/index.ts'
import type { Authenticator, LoginState } from './authenticator.ts'
import { sendJson } from '../http/headers.ts'
import { type LoginAttempt, type LoginSlot, openLoginQueue } from './login-queue.ts'
import { withTimeout, refusal } from './login-step.ts'
import type { AuditEvent, Times } from '../options.ts'

/** What the login needs of its server. */
export interface LoginOptions {
  authenticator: Authenticator
  times: Times
  log(line: string): void
  audit?(event: AuditEvent): void
  /** Creates the session of a login: its cookie and its page's secret. @throws ProblemError. */
  begin(user: string, agent: Duplex, request: IncomingMessage): { cookie: string; secret: string }
}

/** Answers requests with an `Authorization`: Basic begins a login, X-Conversation goes on with one. */
export interface LoginHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Cancels all open questions. */
  close(): void
}

/** Creates the login handler. */
export function createLogin(options: LoginOptions): LoginHandler {
  const { times, authenticator } = options
  const questions = openQuestions(times.answer)
  const queue = openLoginQueue()
  const begin = async (attempt: LoginAttempt, password: string, gone: AbortSignal): Promise<LoginState> => {
    const slot = await queue.enter(attempt, gone)
    const step = authenticator.begin(attempt.account, password, attempt.address)
    releaseAfter(step, slot)
    return withTimeout(step, times.authentication)
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const authorization = parseAuthorization(request.headers.authorization)
    if (authorization === undefined)
      return sendJson(response, 401, { problem: 'authentication-failed', message: 'Log in with user name and password.' })
    const began = performance.now()
    const address = request.socket.remoteAddress ?? 'unknown'
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const { scheme, rest } = authorization
    const { user, password } = scheme === 'Basic' ? parseBasic(rest) : { user: questions.userOf(rest), password: '' }
    const attempt = { address, account: user }
    let state: LoginState
    try {
      if (scheme === 'Basic') state = await begin(attempt, password, gone.signal)
      else state = await withTimeout(questions.answer(rest), times.authentication)
    } catch (error) {
      const failure = ProblemError.from(error)
      recordLogin(options, attempt, began, user, failure.problem)
      return rejectLogin(response, failure)
    }
    if (state.kind === 'agent') queue.accepted(attempt)
    if (state.kind === 'refused' && state.problem !== 'internal-error') {
      const delay = times.refusal + queue.refused(attempt)
      await sleep(Math.max(0, delay - (performance.now() - began)))
    }
    respond(options, questions, response, state, { ...attempt, began })
  }
  return { handle, close: () => questions.close() }
}

/** Records the result of a login in the audit log. */
function recordLogin({ audit }: LoginOptions, { address }: LoginAttempt, began: number, user: string, result: string): void {
  audit?.({ event: 'login', user: user.slice(0, maxUserName), address, result, duration: performance.now() - began })
}

/** Characters of a name that are recorded. */
const maxUserName = 256

/** Releases the slot when the step has a result. */
function releaseAfter(step: Promise<LoginState>, slot: LoginSlot): void {
  void step.then(
    () => slot.release(),
    () => slot.release(),
  )
}

/** The login could not be started. */
function rejectLogin(response: ServerResponse, { problem, message }: ProblemError): void {
  if (!response.destroyed) sendJson(response, 503, { problem, message }, { 'Retry-After': '5' })
}

function respond(
  options: LoginOptions,
  questions: Questions,
  response: ServerResponse,
  state: LoginState,
  attempt: LoginAttempt & { began: number },
): void {
  const { address: remote, account, began } = attempt
  const audit = (user: string, result: string): void => recordLogin(options, attempt, began, user, result)
  if (state.kind === 'refused') audit(account, state.problem)
  if (response.destroyed) {
    // The client has disconnected; a correct password is recorded nevertheless.
    if (state.kind === 'agent') {
      state.agent.destroy()
      audit(state.user, 'disconnected')
    }
    if (state.kind === 'question') state.cancel()
  } else if (state.kind === 'agent') {
    audit(state.user, startSession(options, response, state, remote))
  } else if (state.kind === 'question') {
    const challenge = `X-Conversation ${questions.ask(state, account)} ${Buffer.from(state.prompt).toString('base64')}`
    sendJson(
      response,
      401,
      { problem: 'authentication-failed', message: 'One more answer is needed.' },
      { 'WWW-Authenticate': challenge },
    )
  } else {
    options.log(`refused login (${state.problem}) from ${remote}`)
    sendJson(response, statusOf(state.problem), { problem: state.problem, message: state.message })
  }
}

/** Starts the session of a login. @returns `ok`, or the problem. */
function startSession(
  { begin, log }: LoginOptions,
  response: ServerResponse,
  { user, agent }: Extract<LoginState, { kind: 'agent' }>,
  remote: string,
): string {
  try {
    const { cookie, secret } = begin(user, agent, response.req)
    log(`login of ${user} from ${remote}`)
    sendJson(response, 200, { [secretField]: secret }, { 'Set-Cookie': cookie })
    return 'ok'
  } catch (error) {
    const { problem, message } = ProblemError.from(error)
    log(`refused login of ${user} (${problem}) from ${remote}`)
    sendJson(response, problem === 'too-many-sessions' ? 429 : 503, { problem, message })
    return problem
  }
}

type Question = Extract<LoginState, { kind: 'question' }>

interface Questions {
  /** Keeps a question until it is answered or times out; returns its id. Beyond the maximum, the oldest is cancelled. */
  ask(question: Question, user: string): string
  /** The user of the question `ID …`; empty for an unknown one. */
  userOf(text: string): string
  /** `ID BASE64-OF-THE-ANSWER` */
  answer(text: string): Promise<LoginState>
  close(): void
}

/** Maximum number of open questions: each holds a process of the login service. */
const maxQuestions = 16

function openQuestions(timeout: number): Questions {
  const open = new Map<string, { question: Question; user: string; timer: NodeJS.Timeout }>()
  const take = (id: string): Question | undefined => {
    const found = open.get(id)
    clearTimeout(found?.timer)
    open.delete(id)
    return found?.question
  }
  return {
    ask: (question, user) => {
      if (open.size >= maxQuestions) take(open.keys().next().value!)?.cancel()
      const id = randomBytes(16).toString('base64url')
      open.set(id, { question, user, timer: setTimeout(() => take(id)?.cancel(), timeout) })
      return id
    },
    userOf: (text) => open.get(text.split(' ', 1)[0]!)?.user ?? '',
    answer: (text) => {
      const [id = '', answer = ''] = text.split(' ')
      return take(id)?.answer(Buffer.from(answer, 'base64').toString('utf8')) ?? Promise.resolve(refusal())
    },
    close: () => {
      for (const id of open.keys()) take(id)?.cancel()
    },
  }
}

interface Authorization {
  scheme: 'Basic' | 'X-Conversation'
  rest: string
}

function parseAuthorization(header: string | undefined): Authorization | undefined {
  const match = /^(Basic|X-Conversation) +([^]*)$/i.exec(header ?? '')
  if (match === null) return undefined
  return { scheme: match[1]!.toLowerCase() === 'basic' ? 'Basic' : 'X-Conversation', rest: match[2]!.trim() }
}

function parseBasic(rest: string): { user: string; password: string } {
  const text = Buffer.from(rest, 'base64').toString('utf8')
  const at = text.indexOf(':')
  return { user: at < 0 ? text : text.slice(0, at), password: at < 0 ? '' : text.slice(at + 1) }
}

function statusOf(problem: Problem): number {
  if (problem === 'authentication-failed' || problem === 'timeout') return 401
  return problem === 'access-denied' ? 403 : 500
}
