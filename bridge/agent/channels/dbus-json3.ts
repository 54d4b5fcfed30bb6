import { decodeText, isObject, type Json, type JsonObject, ProblemError } from '../../protocol/index.ts'
import type { Channel, Payload } from '../channel.ts'
import { busObjects } from '../internal/index.ts'
import { callObject, propertiesOf } from '../internal/call.ts'
import { metaOf } from '../internal/describe.ts'
import { BusError } from '../internal/object.ts'
import { textOption } from './options.ts'

/** `dbus-json3` for the bus `internal`: the agent's own objects. Other buses are not supported yet. */
export const dbusJson3: Payload = (channel) => {
  const bus = textOption(channel.open, 'bus') ?? 'system'
  if (bus !== 'internal')
    throw new ProblemError('not-supported', `The bus "${bus.slice(0, 60)}" cannot be reached, only "internal".`)
  channel.ready()
  return { data: (data) => receive(channel, data) }
}

function receive(channel: Channel, data: Uint8Array): void {
  const message = parse(data)
  if (message['call'] !== undefined) call(channel, message)
  else if (message['watch'] !== undefined) watch(channel, message)
  else if (message['publish'] !== undefined || message['unpublish'] !== undefined) {
    reply(channel, message, { error: ['org.freedesktop.DBus.Error.NotSupported', ['Objects cannot be published here.']] })
  }
  // The objects send no signals yet, so matches have nothing to select.
}

function parse(data: Uint8Array): JsonObject {
  let message: unknown
  try {
    message = JSON.parse(decodeText(data))
  } catch (cause) {
    throw new ProblemError('protocol-error', 'A D-Bus message is not JSON.', { cause })
  }
  if (!isObject(message)) throw new ProblemError('protocol-error', 'A D-Bus message is not a JSON object.')
  return message
}

function call(channel: Channel, message: JsonObject): void {
  const [path, name, method, args] = Array.isArray(message['call']) ? message['call'] : []
  if (
    typeof path !== 'string' ||
    typeof name !== 'string' ||
    typeof method !== 'string' ||
    !(args === null || args === undefined || Array.isArray(args))
  ) {
    throw new ProblemError('protocol-error', 'A D-Bus call is not [path, interface, method, arguments].')
  }
  try {
    const object = busObjects.find((each) => each.path === path)
    const { out, type } = callObject(object, path, name, method, args ?? [], channel.agent)
    reply(channel, message, {
      reply: [out],
      ...(message['type'] === undefined ? {} : { type }),
      ...(message['flags'] === undefined ? {} : { flags: '<' }),
    })
  } catch (error) {
    if (!(error instanceof BusError)) throw error
    reply(channel, message, { error: [error.bus, [error.message]] })
  }
}

function watch(channel: Channel, message: JsonObject): void {
  const selection = isObject(message['watch']) ? message['watch'] : {}
  const { path, path_namespace: below, interface: name } = selection
  for (const object of busObjects) {
    const wanted = path === object.path || (typeof below === 'string' && (below === '/' || object.path === below))
    if (!wanted || (typeof name === 'string' && name !== object.interface)) continue
    send(channel, { meta: metaOf(object) })
    send(channel, { notify: { [object.path]: { [object.interface]: propertiesOf(object, channel.agent) } } })
  }
  reply(channel, message, { reply: [] })
}

function reply(channel: Channel, message: JsonObject, answer: JsonObject): void {
  const { id } = message
  if (typeof id === 'string') send(channel, { ...answer, id })
}

function send(channel: Channel, message: Json): void {
  channel.send(JSON.stringify(message))
}
