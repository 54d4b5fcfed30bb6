import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Problem } from '../protocol/index.ts'
import type { Authenticator, LoginState } from './authenticator.ts'
import { sendJson } from './headers.ts'
import { inTime, refusal } from './login-step.ts'
import type { Times } from './options.ts'
import { mayBegin } from './throttle.ts'

/** What the login needs of its server. */
export interface LoginOptions {
  authenticator: Authenticator
  times: Times
  log(line: string): void
  /** Makes a session for a login: the cookie to set, and the csrf token. */
  begin(user: string, agent: Duplex): { cookie: string; csrfToken: string }
}

/** Answers requests with an `Authorization`: Basic begins a login, X-Conversation goes on with one. */
export interface LoginHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Gives up what is under way. */
  close(): void
}

/** Makes the login. */
export function createLogin(options: LoginOptions): LoginHandler {
  const { times, authenticator } = options
  const questions = openQuestions(times.answer)
  let pending = 0
  const step = ({ scheme, rest }: Authorization, remote: string): Promise<LoginState> => {
    if (scheme === 'X-Conversation') return questions.answer(rest)
    const { user, password } = parseBasic(rest)
    return authenticator.begin(user, password, remote)
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const authorization = parseAuthorization(request.headers.authorization)
    if (authorization === undefined)
      return sendJson(response, 401, { problem: 'authentication-failed', message: 'Log in with user name and password.' })
    if (!mayBegin(pending)) {
      return sendJson(
        response,
        503,
        { problem: 'too-large', message: 'Too many logins are under way; try again in a moment.' },
        { 'Retry-After': '5' },
      )
    }
    pending++
    const began = performance.now()
    const remote = request.socket.remoteAddress ?? 'unknown'
    try {
      const state = await inTime(step(authorization, remote), times.authentication)
      if (state.kind === 'refused' && state.problem !== 'internal-error')
        await sleep(Math.max(0, times.refusal - (performance.now() - began)))
      respond(options, questions, response, state, remote)
    } finally {
      pending--
    }
  }
  return { handle, close: () => questions.close() }
}

function respond(options: LoginOptions, questions: Questions, response: ServerResponse, state: LoginState, remote: string): void {
  if (response.destroyed) {
    // Nobody waits for it any more.
    if (state.kind === 'agent') state.agent.destroy()
    if (state.kind === 'question') state.cancel()
  } else if (state.kind === 'agent') {
    const { cookie, csrfToken } = options.begin(state.user, state.agent)
    options.log(`login of ${state.user} from ${remote}`)
    sendJson(response, 200, { 'csrf-token': csrfToken }, { 'Set-Cookie': cookie })
  } else if (state.kind === 'question') {
    const challenge = `X-Conversation ${questions.ask(state)} ${Buffer.from(state.prompt).toString('base64')}`
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

type Question = Extract<LoginState, { kind: 'question' }>

interface Questions {
  /** Keeps a question until it is answered or too old; the result names it. */
  ask(question: Question): string
  /** `ID BASE64-OF-THE-ANSWER` */
  answer(text: string): Promise<LoginState>
  close(): void
}

function openQuestions(patience: number): Questions {
  const open = new Map<string, { question: Question; timer: NodeJS.Timeout }>()
  const take = (id: string): Question | undefined => {
    const found = open.get(id)
    clearTimeout(found?.timer)
    open.delete(id)
    return found?.question
  }
  return {
    ask: (question) => {
      const id = randomBytes(16).toString('base64url')
      open.set(id, { question, timer: setTimeout(() => take(id)?.cancel(), patience) })
      return id
    },
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
