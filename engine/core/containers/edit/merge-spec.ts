import { isDeepStrictEqual } from 'node:util'

import type { ContainerSpec } from '../../../contract/index.ts'
import { containerFields } from '../../../contract/spec-fields/index.ts'
import { EngineError } from '../../../errors/index.ts'

type Field = keyof ContainerSpec & string

/** Fields that say one thing together: where one of them is given, the others of its row are no longer as before. */
const together: readonly (readonly Field[])[] = [
  ['image', 'raw_image_name', 'rootfs', 'image_os', 'image_arch', 'image_variant'],
  ['mounts', 'volumes', 'overlay_volumes'],
  ['portmappings', 'publish_image_ports'],
  ['netns', 'Networks', 'networks', 'cni_networks', 'network_options'],
  ['dns_server', 'use_image_resolve_conf'],
  ['restart_policy', 'restart_tries'],
]

/** Objects whose values are replaced one by one, as each has an option of its own. */
const byValue: readonly Field[] = ['resource_limits', 'log_configuration', 'healthconfig', 'startupHealthConfig']

/** A field that an edit changed. */
export interface SpecChange {
  /** Its name; `resource_limits.memory.limit` for a part of an object. */
  Field: string
  /** Null where it was, or is, the default. */
  Before: unknown
  After: unknown
}

/**
 * A request with some fields replaced: what is given counts, everything else stays.
 *
 * @param reset names of fields that get their default again.
 * @throws EngineError `UnknownField` for a name in `reset` that no field has.
 */
export function mergeSpec(before: ContainerSpec, given: ContainerSpec, reset: readonly string[] = []): ContainerSpec {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  const names = new Set(fields.map(([name]) => name))
  const after: Record<string, unknown> = { ...before }
  for (const row of together) if (row.some((name) => names.has(name))) for (const name of row) delete after[name]
  for (const [name, value] of fields) after[name] = byValue.includes(name) ? mergeValues(before[name], value) : value
  for (const name of reset) resetField(after, name)
  return after
}

function mergeValues(before: unknown, given: unknown): unknown {
  if (!isObject(before) || !isObject(given)) return given
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  return { ...before, ...Object.fromEntries(entries.map(([name, value]) => [name, mergeValues(before[name], value)])) }
}

function resetField(spec: Record<string, unknown>, name: string): void {
  if (!Object.hasOwn(containerFields, name)) {
    const message = `The field ${JSON.stringify(name)} of a container is not known to this version; it cannot be reset.`
    throw new EngineError('UnknownField', message, { details: { field: name } })
  }
  const path = name.split('.')
  const last = path.pop() as string
  let parent: unknown = spec
  for (const [at, part] of path.entries()) {
    if (!isObject(parent) || !isObject(parent[part])) return
    // Objects are shared with the record.
    parent = parent[part] = { ...(parent[part] as object) }
    if (at > 8) return
  }
  if (isObject(parent)) delete parent[last]
}

/** What differs between two requests, by fields; of objects like limits by their values. */
export function specChanges(before: ContainerSpec, after: ContainerSpec): SpecChange[] {
  return differences('', before, after)
}

function differences(path: string, before: Record<string, unknown>, after: Record<string, unknown>): SpecChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => {
    const [old, now] = [before[name], after[name]]
    if (isDeepStrictEqual(old ?? null, now ?? null)) return []
    const place = path === '' ? name : `${path}.${name}`
    const parts = byValue.some((each) => place === each || place.startsWith(`${each}.`))
    if (parts && (isObject(old) || isObject(now))) return differences(place, isObject(old) ? old : {}, isObject(now) ? now : {})
    return [{ Field: place, Before: old ?? null, After: now ?? null }]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
