import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { ServerOptions, Times } from './options.ts'
import { Session } from './session.ts'

/** Sessions that a server keeps; further logins are refused. */
const maxSessions = 512

/** The sessions of a server, in memory only, and the one-time tokens for a local one. */
export interface SessionTable {
  /** The session with this token. */
  find(token: string | undefined): Session | undefined
  /** A session for a login. @throws Error when there are too many; the agent is ended then. */
  begin(user: string, agent: Duplex): Session
  newToken(): string
  /** The local session for a one-time token, which is void from then on. */
  useToken(token: string): Session | undefined
  endAll(): void
}

/** An empty table. */
export function openSessionTable(options: ServerOptions, times: Times): SessionTable {
  const sessions = new Map<string, Session>()
  const tokens = new Set<string>()
  let closing = false
  const add = (user: string, agent: { agent: Duplex } | { startAgent: () => Duplex }): Session => {
    const session: Session = new Session({
      user,
      ...agent,
      times,
      ended: (problem) => {
        sessions.delete(session.token)
        options.log?.(`session of ${user} ended (${problem})`)
        if ('startAgent' in agent && !closing) options.local?.ended?.()
      },
    })
    sessions.set(session.token, session)
    return session
  }
  return {
    find: (token) => (token === undefined ? undefined : sessions.get(token)),
    begin: (user, agent) => {
      if (sessions.size < maxSessions) return add(user, { agent })
      agent.destroy()
      throw new Error(`more than ${maxSessions} sessions`)
    },
    newToken: () => {
      const token = randomBytes(32).toString('base64url')
      tokens.add(token)
      return token
    },
    useToken: (token) => {
      const { local } = options
      if (local === undefined || !tokens.delete(token)) return undefined
      return add(local.user, { startAgent: () => local.startAgent() })
    },
    endAll: () => {
      closing = true
      for (const session of sessions.values()) session.end('disconnected', 'The server stops.')
    },
  }
}
