import { type Json, type JsonObject } from '../../protocol/index.ts'
import type { AgentServices } from '../channel.ts'
import { introspect } from './describe.ts'
import { BusError, type BusObject } from './object.ts'

/** A method call on the bus `internal`: its out arguments and their signature. @throws BusError */
export function callObject(
  object: BusObject | undefined,
  path: string,
  name: string,
  method: string,
  args: Json[],
  agent: AgentServices,
): { out: Json[]; type: string } {
  if (name === 'org.freedesktop.DBus.Peer' && method === 'Ping') return { out: [], type: '' }
  if (object === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownObject', `There is no object at "${path}".`)
  if (name === 'org.freedesktop.DBus.Introspectable' && method === 'Introspect') return { out: [introspect(object)], type: 's' }
  if (name === 'org.freedesktop.DBus.Properties') return callProperties(object, method, args, agent)
  if (name !== object.interface)
    throw new BusError('org.freedesktop.DBus.Error.UnknownInterface', `"${path}" has no interface "${name}".`)
  const known = Object.hasOwn(object.methods, method) ? object.methods[method] : undefined
  if (known === undefined) throw new BusError('org.freedesktop.DBus.Error.UnknownMethod', `"${name}" has no method "${method}".`)
  if (args.length !== known.in.length) {
    throw new BusError(
      'org.freedesktop.DBus.Error.InvalidArgs',
      `"${method}" takes ${known.in.length} arguments, not ${args.length}.`,
    )
  }
  return { out: known.call(args, agent), type: known.out.join('') }
}

/** All properties of an object, plain. */
export function propertiesOf(object: BusObject, agent: AgentServices): JsonObject {
  return Object.fromEntries(Object.entries(object.properties).map(([name, property]) => [name, property.get(agent)]))
}

function callProperties(
  object: BusObject,
  method: string,
  [name, property]: Json[],
  agent: AgentServices,
): { out: Json[]; type: string } {
  if (name !== object.interface && name !== '')
    throw new BusError('org.freedesktop.DBus.Error.UnknownInterface', `"${object.path}" has no interface "${String(name)}".`)
  const variant = (key: string): JsonObject => ({ t: object.properties[key]!.type, v: object.properties[key]!.get(agent) })
  if (method === 'GetAll')
    return { out: [Object.fromEntries(Object.keys(object.properties).map((key) => [key, variant(key)]))], type: 'a{sv}' }
  if (method !== 'Get') throw new BusError('org.freedesktop.DBus.Error.PropertyReadOnly', 'Properties here cannot be set.')
  if (typeof property !== 'string' || !Object.hasOwn(object.properties, property)) {
    throw new BusError(
      'org.freedesktop.DBus.Error.UnknownProperty',
      `"${object.interface}" has no property "${String(property)}".`,
    )
  }
  return { out: [variant(property)], type: 'v' }
}
