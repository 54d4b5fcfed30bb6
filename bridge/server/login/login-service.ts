import {
  type Control,
  encodeControl,
  encodeStdio,
  parseControl,
  ProblemError,
  problemOf,
  splitMessage,
  StdioReader,
} from '../../protocol/index.ts'
import { connect, type Socket } from 'node:net'
import type { Authenticator, LoginState } from './authenticator.ts'

/** Characters of a user's name, and of a password or an answer. */
const maxUser = 256
const maxSecret = 4096

/**
 * Authenticates with the login service on `path`. After a login the same connection leads to the user's agent.
 *
 * The conversation: `login {user, remote}` and the password on the channel `secret`; then from the service
 * `question {prompt}` (to be met with an answer on `secret`), `refused {problem, message}` or `agent {user}`.
 */
export function serviceAuthenticator(path: string): Authenticator {
  return {
    begin: async (user, password, remote) => {
      if (user.length === 0 || user.length > maxUser || password.length > maxSecret || /[\0\n\r]/.test(user + password)) {
        return { kind: 'refused', problem: 'authentication-failed', message: 'Wrong user name or password.' }
      }
      const socket = await dialService(path)
      socket.write(encodeStdio('', encodeControl({ command: 'login', user, remote })))
      return exchange(socket, password)
    },
  }
}

function dialService(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: false })
    socket.once('connect', () => resolve(socket))
    socket.once('error', (cause) =>
      reject(new ProblemError(problemOf(cause), `The login service at ${path} does not answer.`, { cause })),
    )
  })
}

/** Sends a secret and reads exactly one message: what follows `agent` belongs to the agent. */
function exchange(socket: Socket, secret: string): Promise<LoginState> {
  return new Promise((resolve) => {
    const reader = new StdioReader(64 * 1024)
    const settle = (state: LoginState): void => {
      socket.off('readable', read)
      socket.off('end', cut)
      socket.off('close', cut)
      resolve(state)
    }
    const cut = (): void => {
      socket.destroy()
      settle({ kind: 'refused', problem: 'internal-error', message: 'The login service ended without an answer.' })
    }
    const read = (): void => {
      for (let byte = socket.read(1) as Buffer | null; byte !== null; byte = socket.read(1) as Buffer | null) {
        try {
          for (const answer of reader.push(byte)) return settle(stateOf(socket, parseControl(splitMessage(answer).payload)))
        } catch {
          return cut()
        }
      }
    }
    socket.on('readable', read)
    socket.once('end', cut)
    socket.once('close', cut)
    socket.write(encodeStdio('secret', secret))
  })
}

function stateOf(socket: Socket, answer: Control): LoginState {
  const text = (field: string): string => String(answer[field] ?? '')
  if (answer.command === 'agent') return { kind: 'agent', user: text('user'), agent: socket }
  if (answer.command === 'question') {
    return {
      kind: 'question',
      prompt: text('prompt').slice(0, 4096),
      cancel: () => void socket.destroy(),
      answer: (reply) => exchange(socket, reply.slice(0, maxSecret)),
    }
  }
  socket.destroy()
  return { kind: 'refused', problem: text('problem') || 'internal-error', message: text('message') || 'The login failed.' }
}
