import type { Duplex } from 'node:stream'
import { type Problem, ProblemError } from '../../protocol/index.ts'
import type { Client } from '../client.ts'
import type { ServerOptions, Times } from '../options.ts'
import { Session } from './session.ts'
import { newSecret } from './session-secrets.ts'
import { openWatchers, userSessionsOf } from './user-sessions.ts'

/** Sessions that a server keeps; further logins are refused. */
const maxSessions = 512

/** Sessions that one user may have unless it is configured. */
export const defaultSessionsPerUser = 16

/** The sessions of a server, in memory only, and the one-time tokens for a local one. */
export interface SessionTable {
  /** The session with this token. */
  find(token: string | undefined): Session | undefined
  /** A session for a login. @throws ProblemError `too-many-sessions`; the agent is ended then. */
  begin(user: string, agent: Duplex, client: Client): Session
  newToken(): string
  /** The local session for a one-time token, which is void from then on. */
  useToken(token: string, client: Client): Session | undefined
  endAll(): void
}

/** An empty table. */
export function openSessionTable(options: ServerOptions, times: Times): SessionTable {
  const sessions = new Map<string, Session>()
  const watchers = openWatchers()
  const tokens = new Set<string>()
  let closing = false
  const ofUser = (user: string): Session[] => [...sessions.values()].filter((each) => each.user === user)
  const add = (user: string, client: Client, agent: { agent: Duplex } | { startAgent: () => Duplex }): Session => {
    const session: Session = new Session({
      user,
      client,
      ...agent,
      times,
      userSessions: userSessionsOf({ user, ofUser, watchers }, () => session),
      changed: () => watchers.changed(user),
      ended: (problem, loggedOut) => {
        sessions.delete(session.token)
        options.log?.(`session of ${user} ended (${problem})`)
        watchers.changed(user)
        recordEnd(options, session, loggedOut ? undefined : problem)
        if ('startAgent' in agent && !closing) options.local?.ended?.()
      },
    })
    sessions.set(session.token, session)
    watchers.changed(user)
    return session
  }
  return {
    find: (token) => (token === undefined ? undefined : sessions.get(token)),
    begin: (user, agent, client) => {
      const refusal = refuse(sessions.size, ofUser(user).length, options.maxSessionsPerUser)
      if (refusal === undefined) return add(user, client, { agent })
      agent.destroy()
      throw refusal
    },
    newToken: () => {
      const token = newSecret()
      tokens.add(token)
      return token
    },
    useToken: (token, client) => {
      const { local } = options
      if (local === undefined || !tokens.delete(token)) return undefined
      return add(local.user, client, { startAgent: () => local.startAgent() })
    },
    endAll: () => {
      closing = true
      for (const session of sessions.values()) session.end('disconnected', 'The server stops.')
    },
  }
}

/** Records the end of a session in the audit log. Without a reason its user logged out. */
function recordEnd({ audit }: ServerOptions, { user, address, since }: Session, reason: Problem | undefined): void {
  const left = reason === undefined ? { event: 'logout' as const } : { event: 'end' as const, reason }
  audit?.({ ...left, user, address, result: 'ok', duration: Date.now() - since })
}

/** The reason why another session is refused; undefined if it is allowed. */
function refuse(all: number, ofUser: number, limit = defaultSessionsPerUser): ProblemError | undefined {
  if (ofUser >= limit) {
    const text = `You have ${ofUser} sessions, and no more are allowed. End one in the user menu of a page that is open, under Sessions; one without pages ends by itself.`
    return new ProblemError('too-many-sessions', text)
  }
  if (all < maxSessions) return undefined
  return new ProblemError('too-large', 'Too many people are logged in; try again later.')
}
