import type { JsonObject } from '../../protocol/index.ts'
import type { BusObject } from './object.ts'

/** What `meta` says of an object. */
export function metaOf(object: BusObject): JsonObject {
  const methods = Object.entries(object.methods).map(([name, method]) => [name, { in: method.in, out: method.out }] as const)
  const properties = Object.entries(object.properties).map(([name, { type }]) => [name, { flags: 'r', type }] as const)
  const signals = Object.entries(object.signals ?? {}).map(([name, types]) => [name, { in: types }] as const)
  return {
    [object.interface]: {
      methods: Object.fromEntries(methods),
      properties: Object.fromEntries(properties),
      signals: Object.fromEntries(signals),
    },
  }
}

/** The introspection document of an object. */
export function introspect(object: BusObject): string {
  const args = (types: string[], direction: string): string =>
    types.map((type) => `<arg type="${type}" direction="${direction}"/>`).join('')
  const methods = Object.entries(object.methods).map(
    ([name, method]) => `<method name="${name}">${args(method.in, 'in')}${args(method.out, 'out')}</method>`,
  )
  const properties = Object.entries(object.properties).map(
    ([name, { type }]) => `<property name="${name}" type="${type}" access="read"/>`,
  )
  const signals = Object.entries(object.signals ?? {}).map(
    ([name, types]) => `<signal name="${name}">${types.map((type) => `<arg type="${type}"/>`).join('')}</signal>`,
  )
  return `<node><interface name="${object.interface}">${[...methods, ...properties, ...signals].join('')}</interface></node>`
}
