import { ProblemError, secretProtocolPrefix } from '../protocol/index.ts'
import { readSecret } from './session/secret.ts'

/** A connection that carries messages; text messages as text, binary ones as bytes. */
export interface Connection {
  send(message: string | Uint8Array<ArrayBuffer>): void
  close(): void
  /** Bytes that were passed to {@link Connection.send} and are still buffered. */
  readonly buffered: number
}

/** The events of a connection. `closed` is the last. */
export interface ConnectionEvents {
  opened(): void
  message(message: string | Uint8Array): void
  closed(): void
}

/** Opens a connection; never throws, failure is `closed`. */
export type OpenConnection = (events: ConnectionEvents) => Connection

/** The first part of this page's path when a Cockpit-like server serves it (`/cockpit`, `/cockpit+app`), else `/cockpit`. */
export function basePath(pathname: string): string {
  return /^\/cockpit(\+[^/]*)?(?=\/|$)/.exec(pathname)?.[0] ?? '/cockpit'
}

/** The websocket address that belongs to a page. */
export function socketUrl(page: { protocol: string; host: string; pathname: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}${basePath(page.pathname)}/socket`
}

/** Whether this page is a frame within Cockpit's shell, which then carries its messages. */
export function inCockpitFrame(page: { name: string; parent: unknown } = window): boolean {
  return page.name.startsWith('cockpit1:') && page.parent !== page
}

/** A websocket with the subprotocol `cockpit1`; the tab's secret, where it has one, is offered as another. */
export function websocketConnection(url: string): OpenConnection {
  return (events) => {
    const secret = readSecret()
    const socket = new WebSocket(url, ['cockpit1', ...(secret === undefined ? [] : [secretProtocolPrefix + secret])])
    let over = false
    const close = (): void => {
      if (over) return
      over = true
      events.closed()
    }
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => events.opened())
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (!over) events.message(typeof data === 'string' ? data : new Uint8Array(data))
    })
    socket.addEventListener('close', close)
    return {
      get buffered() {
        return socket.bufferedAmount
      },
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(message)
      },
      close: () => {
        socket.close()
        close()
      },
    }
  }
}

/** Messages by postMessage to the window around this frame, which has to be of the same origin. */
export function frameConnection(frame: Window = window): OpenConnection {
  return (events) => {
    const { origin } = frame.location
    let over = false
    const receive = ({ origin: from, source, data }: MessageEvent<unknown>): void => {
      if (from !== origin || source !== frame.parent || over) return
      if (typeof data === 'string') {
        if (data !== '') events.message(data)
      } else if (data instanceof ArrayBuffer) events.message(new Uint8Array(data))
      else if (data instanceof Uint8Array) events.message(data)
    }
    frame.addEventListener('message', receive)
    frame.setTimeout(() => {
      if (!over) events.opened()
    })
    return {
      buffered: 0,
      send: (message) => {
        if (!over) frame.parent.postMessage(typeof message === 'string' ? message : message.buffer, origin)
      },
      close: () => {
        if (over) return
        over = true
        frame.removeEventListener('message', receive)
        events.closed()
      },
    }
  }
}

/** The connection of this page: the frame around it, or a websocket. */
export function pageConnection(): OpenConnection {
  if (typeof window === 'undefined')
    throw new ProblemError('not-supported', 'There is no page to find the server by; give a connection.')
  return inCockpitFrame() ? frameConnection() : websocketConnection(socketUrl(window.location))
}
