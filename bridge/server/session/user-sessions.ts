import type { Session } from './session.ts'
import type { UserSessions } from './session-requests.ts'

/** The listeners on the sessions of users. */
export interface Watchers {
  watch(user: string, listener: () => void): () => void
  changed(user: string): void
}

/** Creates an empty set of listeners. */
export function openWatchers(): Watchers {
  const watchers = new Map<string, Set<() => void>>()
  return {
    watch: (user, listener) => {
      const set = watchers.get(user) ?? new Set()
      watchers.set(user, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && watchers.get(user) === set) watchers.delete(user)
      }
    },
    changed: (user) => {
      for (const listener of watchers.get(user) ?? []) listener()
    },
  }
}

/** A user, the lookup of that user's sessions, and the listeners. */
export interface SessionOwner {
  user: string
  ofUser(user: string): Session[]
  watchers: Watchers
}

/** The sessions that the session `own` may see and end. */
export function userSessionsOf({ user, ofUser, watchers }: SessionOwner, own: () => Session): UserSessions {
  const end = (session: Session): void => session.end('terminated', 'This session was ended from a page of the same user.')
  return {
    list: () => ofUser(user).map((each) => each.listed(each === own())),
    watch: (listener) => watchers.watch(user, listener),
    end: (id) => {
      const found = ofUser(user).find((each) => each.id === id)
      if (found !== undefined) end(found)
      return found !== undefined
    },
    endOthers: () => {
      for (const each of ofUser(user)) if (each !== own()) end(each)
    },
  }
}
