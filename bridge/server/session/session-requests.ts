import { type Control, type Json, type ListedSession, ProblemError } from '../../protocol/index.ts'
import type { SessionSecrets } from './session-secrets.ts'

/** The sessions of one user, as visible to each of them. */
export interface UserSessions {
  list(): ListedSession[]
  /** Calls `listener` after each change; the result stops it. */
  watch(listener: () => void): () => void
  /** Ends the session with this id; false where this user has none. */
  end(id: string): boolean
  /** Ends all but the calling one. */
  endOthers(): void
}

/** Answers what a page asks about its session by control messages without a channel. */
export interface SessionRequests {
  /** Whether `message` was one of them. @throws ProblemError `protocol-error`. */
  receive(message: Control): boolean
  /** The page has gone. Idempotent. */
  close(): void
}

/**
 * The requests of one page: `ticket {id, use}`, `sessions {watch}` and `end-session {id, session}` or `{id, others}`. The
 * page is bound to its session, and what it can name is of its own user.
 */
export function answerRequests(
  secrets: SessionSecrets,
  userSessions: UserSessions,
  send: (answer: Control) => void,
): SessionRequests {
  let stop: (() => void) | undefined
  const tell = (): void => send({ command: 'sessions', sessions: userSessions.list().map((each): Json => ({ ...each })) })
  const watch = (wanted: boolean): void => {
    stop?.()
    stop = wanted ? userSessions.watch(tell) : undefined
    if (wanted) tell()
  }
  const ticket = (message: Control): void => {
    const { id, use } = message
    if (use !== 'channel' && use !== 'hand-over') throw invalid(message, 'use')
    send({ command: 'ticket', id: idOf(message, id), ticket: secrets.ticket(use) })
  }
  const end = (message: Control): void => {
    const { session, others } = message
    const id = idOf(message, message['id'])
    if (others === true) userSessions.endOthers()
    else if (typeof session !== 'string') throw invalid(message, 'session')
    else if (!userSessions.end(session)) {
      const text = 'This session has ended already.'
      return send({ command: 'end-session', id, problem: 'not-found', message: text })
    }
    send({ command: 'end-session', id })
  }
  return {
    receive: (message) => {
      if (message.command === 'ticket') ticket(message)
      else if (message.command === 'sessions') watch(message['watch'] === true)
      else if (message.command === 'end-session') end(message)
      else return false
      return true
    },
    close: () => watch(false),
  }
}

/** The page's id of a request. */
function idOf(message: Control, id: Json | undefined): string {
  if (typeof id === 'string' && id.length > 0 && id.length <= 64) return id
  throw invalid(message, 'id')
}

function invalid({ command }: Control, field: string): ProblemError {
  return new ProblemError('protocol-error', `The field "${field}" of "${command}" is missing or invalid.`)
}
