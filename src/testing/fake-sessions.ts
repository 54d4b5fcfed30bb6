import { type ListedSession, ProblemError, type Sessions } from 'cockpit-ts-bridge/client'

const minute = 60_000

const agent = (system: string, rest: string) => `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`

/** Three sessions of one user, the first of them this one. */
export const someSessions = (now = Date.now()): ListedSession[] => [
  {
    id: 'here',
    since: now - 20 * minute,
    active: now,
    address: '192.168.7.20',
    browser: agent('X11; Linux x86_64', 'Chrome/140.0.0.0 Safari/537.36'),
    pages: 2,
    current: true,
  },
  {
    id: 'phone',
    since: now - 180 * minute,
    active: now - 45 * minute,
    address: '192.168.7.31',
    browser: agent('iPhone; CPU iPhone OS 18_5 like Mac OS X', 'Version/18.5 Mobile/15E148 Safari/604.1'),
    pages: 1,
    current: false,
  },
  { id: 'curl', since: now - 5 * minute, active: now - 5 * minute, address: '::1', browser: '', pages: 0, current: false },
]

/** A list of sessions that can be ended, in memory. */
export function fakeSessions(sessions = someSessions()): Sessions {
  const listeners = new Set<(sessions: readonly ListedSession[]) => void>()
  let list = sessions
  const keep = (kept: (session: ListedSession) => boolean): void => {
    list = list.filter(kept)
    for (const listener of listeners) listener(list)
  }
  return {
    watch: (listener) => {
      listeners.add(listener)
      queueMicrotask(() => listener(list))
      return () => listeners.delete(listener)
    },
    end: async (id) => {
      if (!list.some((each) => each.id === id)) throw new ProblemError('not-found', 'This session has ended already.')
      keep((each) => each.id !== id)
    },
    endOthers: async () => keep(({ current }) => current),
  }
}
