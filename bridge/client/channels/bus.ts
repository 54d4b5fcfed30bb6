import { isObject, type Json, type JsonObject, ProblemError } from '../../protocol/index.ts'
import type { Channel, ChannelOpener } from './channel.ts'
import { problemOf } from './stream.ts'

/** The agent's own D-Bus objects (`/user`, `/superuser`, `/config` …). */
export interface Bus {
  /** Calls a method. Rejects with a ProblemError; a D-Bus error becomes `internal-error` with its text. */
  call(path: string, interfaceName: string, method: string, args?: Json[]): Promise<Json[]>
  /** All properties of an object, without their types. */
  properties(path: string, interfaceName: string): Promise<JsonObject>
}

/** The bus `internal`, on a channel that is opened with the first call, and again after it was lost. */
export function openBus(bridge: ChannelOpener): Bus {
  const waiting = new Map<string, PromiseWithResolvers<Json[]>>()
  let channel: Channel | undefined
  let next = 1
  const receive = (data: string | Uint8Array): void => {
    const message = JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data)) as Json
    if (!isObject(message) || typeof message['id'] !== 'string') return
    const call = waiting.get(message['id'])
    waiting.delete(message['id'])
    const { reply, error } = message
    if (Array.isArray(reply)) call?.resolve((reply[0] ?? []) as Json[])
    else
      call?.reject(
        new ProblemError(
          'internal-error',
          Array.isArray(error) ? String((error[1] as Json[] | undefined)?.[0] ?? error[0]) : 'The agent gave no answer.',
        ),
      )
  }
  const opened = (): Channel => {
    if (channel !== undefined && !channel.closed) return channel
    channel = bridge.channel(
      { payload: 'dbus-json3', bus: 'internal' },
      {
        data: receive,
        close: (close) => {
          const failure = problemOf(close) ?? new ProblemError('disconnected', 'The agent closed its bus.')
          for (const call of waiting.values()) call.reject(failure)
          waiting.clear()
        },
      },
    )
    return channel
  }
  const call: Bus['call'] = (path, interfaceName, method, args = []) => {
    const id = String(next++)
    const answer = Promise.withResolvers<Json[]>()
    waiting.set(id, answer)
    opened().send(JSON.stringify({ call: [path, interfaceName, method, args], id }))
    return answer.promise
  }
  return {
    call,
    properties: async (path, interfaceName) => {
      const [properties] = await call(path, 'org.freedesktop.DBus.Properties', 'GetAll', [interfaceName])
      const entries = Object.entries(isObject(properties) ? properties : {})
      return Object.fromEntries(entries.map(([name, value]) => [name, isObject(value) ? value['v'] : undefined]))
    },
  }
}
