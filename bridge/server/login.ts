import { type Problem, ProblemError } from '../protocol/index.ts'
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Authenticator, LoginState } from './authenticator.ts'
import { sendJson } from './headers.ts'
import type { Times } from './options.ts'
import { mayBegin } from './throttle.ts'

/** What the login needs of its server. */
export interface LoginOptions {
  authenticator: Authenticator
  times: Times
  log(line: string): void
  /** Makes a session of a login. The result is the cookie to set, and the csrf token. */
  begin(user: string, state: Extract<LoginState, { kind: 'agent' }>): { cookie: string; csrfToken: string }
}

/** Answers requests with an `Authorization`: Basic begins a login, X-Conversation goes on with one. */
export interface LoginHandler {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Gives up what is under way. */
  close(): void
}

type Question = Extract<LoginState, { kind: 'question' }>

/** Makes the login. */
export function createLogin(options: LoginOptions): LoginHandler {
  const { times, log } = options
  const questions = new Map<string, { question: Question; timer: NodeJS.Timeout }>()
  let pending = 0

  const ask = (question: Question): { id: string } => {
    const id = randomBytes(16).toString('base64url')
    const timer = setTimeout(() => {
      questions.delete(id)
      question.cancel()
    }, times.answer)
    questions.set(id, { question, timer })
    return { id }
  }
  const step = (scheme: string, rest: string, remote: string): Promise<LoginState> => {
    if (scheme === 'Basic') {
      const { user, password } = parseBasic(rest)
      return options.authenticator.begin(user, password, remote)
    }
    const [id = '', text = ''] = rest.split(' ')
    const waiting = questions.get(id)
    if (waiting === undefined) return Promise.resolve(refusal())
    clearTimeout(waiting.timer)
    questions.delete(id)
    return waiting.question.answer(Buffer.from(text, 'base64').toString('utf8'))
  }
  const respond = (response: ServerResponse, state: LoginState, remote: string): void => {
    if (response.destroyed) {
      // Nobody waits for it any more.
      if (state.kind === 'agent') state.agent.destroy()
      if (state.kind === 'question') state.cancel()
    } else if (state.kind === 'agent') {
      const { cookie, csrfToken } = options.begin(state.user, state)
      log(`login of ${state.user} from ${remote}`)
      sendJson(response, 200, { 'csrf-token': csrfToken }, { 'Set-Cookie': cookie })
    } else if (state.kind === 'question') {
      const { id } = ask(state)
      const challenge = `X-Conversation ${id} ${Buffer.from(state.prompt).toString('base64')}`
      sendJson(response, 401, { problem: 'authentication-failed', message: 'One more answer is needed.' }, { 'WWW-Authenticate': challenge })
    } else {
      log(`refused login (${state.problem}) from ${remote}`)
      sendJson(response, statusOf(state.problem), { problem: state.problem, message: state.message })
    }
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { scheme, rest } = parseAuthorization(request.headers.authorization)
    const remote = request.socket.remoteAddress ?? 'unknown'
    if (scheme === undefined || !mayBegin(pending)) {
      return sendJson(response, scheme === undefined ? 401 : 503, { problem: 'authentication-failed', message: scheme === undefined ? 'Log in first.' : 'Too many logins are under way; try again in a moment.' }, { 'Retry-After': '5' })
    }
    pending++
    const began = performance.now()
    let state: LoginState
    try {
      state = await withTimeout(step(scheme, rest, remote), times.authentication)
      if (state.kind === 'refused' && state.problem !== 'internal-error') await sleep(Math.max(0, times.refusal - (performance.now() - began)))
    } finally {
      pending--
    }
    respond(response, state, remote)
  }
  return {
    handle,
    close: () => {
      for (const { question, timer } of questions.values()) {
        clearTimeout(timer)
        question.cancel()
      }
      questions.clear()
    },
  }
}

/** The same for an unknown user, a wrong password, and a conversation that is over. */
export function refusal(): LoginState {
  return { kind: 'refused', problem: 'authentication-failed', message: 'Wrong user name or password.' }
}

function parseAuthorization(header: string | undefined): { scheme?: 'Basic' | 'X-Conversation'; rest: string } {
  const match = /^(Basic|X-Conversation) +([^]*)$/i.exec(header ?? '')
  if (match === null) return { rest: '' }
  return { scheme: match[1]!.toLowerCase() === 'basic' ? 'Basic' : 'X-Conversation', rest: match[2]!.trim() }
}

function parseBasic(rest: string): { user: string; password: string } {
  const text = Buffer.from(rest, 'base64').toString('utf8')
  const at = text.indexOf(':')
  return { user: at < 0 ? text : text.slice(0, at), password: at < 0 ? '' : text.slice(at + 1) }
}

async function withTimeout(step: Promise<LoginState>, time: number): Promise<LoginState> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<LoginState>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'refused', problem: 'timeout', message: 'The system took too long to check the login; try again.' }), time)
  })
  step.then((state) => {
    // Whatever comes after the time-out is not wanted any more.
    if (timer === undefined && state.kind === 'agent') state.agent.destroy()
    if (timer === undefined && state.kind === 'question') state.cancel()
  }, () => {})
  try {
    return await Promise.race([step, late])
  } catch (error) {
    const { message } = ProblemError.from(error)
    return { kind: 'refused', problem: 'internal-error', message }
  } finally {
    clearTimeout(timer)
    timer = undefined
  }
}

function statusOf(problem: Problem): number {
  if (problem === 'authentication-failed' || problem === 'timeout') return 401
  return problem === 'access-denied' ? 403 : 500
}
