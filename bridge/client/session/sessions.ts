import { isObject, type Json, type ListedSession } from '../../protocol/index.ts'
import type { BridgeConnection } from '../bridge-connection.ts'

export type { ListedSession } from '../../protocol/index.ts'

/** The login sessions of this user at this server, where its greeting has the capability `sessions`. */
export interface Sessions {
  /** Calls `listener` with the list now and after each change, until the result is called. */
  watch(listener: (sessions: readonly ListedSession[]) => void): () => void
  /** Ends a session and closes its pages. Rejects with `not-found` if it has ended already. */
  end(id: string): Promise<void>
  /** Ends all but this page's. */
  endOthers(): Promise<void>
}

/** The sessions over a connection. They are only requested while there are listeners. */
export function openSessions(connection: BridgeConnection): Sessions {
  const listeners = new Set<(sessions: readonly ListedSession[]) => void>()
  const ask = (): void => connection.tell({ command: 'sessions', watch: listeners.size > 0 })
  connection.onControl('sessions', ({ sessions }) => {
    const list = Array.isArray(sessions) ? sessions.map(parse) : []
    for (const listener of [...listeners]) listener(list)
  })
  const askAgain = (): void => {
    if (listeners.size > 0) ask()
  }
  connection.on('reconnected', askAgain)
  connection.ready.then(askAgain, () => {
    // There is no connection.
  })
  return {
    watch: (listener) => {
      listeners.add(listener)
      ask()
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) ask()
      }
    },
    end: async (session) => void (await connection.request({ command: 'end-session', session })),
    endOthers: async () => void (await connection.request({ command: 'end-session', others: true })),
  }
}

function parse(value: Json): ListedSession {
  const fields = isObject(value) ? value : {}
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '')
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : 0)
  return {
    id: text('id'),
    since: number('since'),
    active: number('active'),
    address: text('address'),
    browser: text('browser'),
    pages: number('pages'),
    current: fields['current'] === true,
  }
}
