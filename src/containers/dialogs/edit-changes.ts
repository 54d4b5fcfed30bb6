import type { ContainerSpec } from '../../../engine/contract/index.ts'
import { containerFields, toSpec } from './container-fields.ts'
import type { Draft } from './draft.ts'

/** What is asked of the engine: fields that get a new value, and fields that get their default again. */
export interface Changes {
  readonly body: ContainerSpec
  readonly reset: readonly string[]
}

/** Fields that say one thing together: the engine takes them as they are given, and drops the others of a row. */
const together: readonly (readonly string[])[] = [
  ['mounts', 'volumes', 'overlay_volumes'],
  ['portmappings', 'publish_image_ports'],
  ['netns', 'Networks'],
  ['restart_policy', 'restart_tries'],
]

/** Objects whose values are changed one by one. */
const byValue: ReadonlySet<string> = new Set(['resource_limits', 'healthconfig'])

type Values = Record<string, unknown>

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What differs between two descriptions. What is the same is not sent, so that nothing is lost that a description cannot say. */
export function changesOf(before: Draft, after: Draft): Changes {
  const old: Values = toSpec(before)
  const next: Values = toSpec(after)
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) => !isSame(old[name], next[name]))
  const body: Values = {}
  const reset: string[] = []
  for (const name of new Set(names.map((each) => together.find((row) => row.includes(each)) ?? [each]))) {
    const [first = ''] = name
    if (byValue.has(first)) {
      const inside = valueChanges(first, old[first], next[first])
      if (Object.keys(inside.body).length > 0) body[first] = inside.body
      reset.push(...inside.reset)
      continue
    }
    const present = name.filter((each) => next[each] !== undefined)
    for (const each of present) body[each] = next[each]
    if (present.length === 0) reset.push(...name.filter((each) => old[each] !== undefined))
  }
  return { body, reset }
}

function valueChanges(path: string, old: unknown, next: unknown): { body: Values; reset: string[] } {
  if (next === undefined) return { body: {}, reset: [path] }
  const [from, to] = [isObject(old) ? old : {}, isObject(next) ? next : {}]
  const body: Values = {}
  const reset: string[] = []
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const [was, is] = [from[name], to[name]]
    if (isSame(was, is)) continue
    if (!isObject(is) || !isObject(was)) {
      if (is === undefined) reset.push(`${path}.${name}`)
      else body[name] = is
      continue
    }
    const inside = valueChanges(`${path}.${name}`, was, is)
    if (Object.keys(inside.body).length > 0) body[name] = inside.body
    reset.push(...inside.reset)
  }
  return { body, reset }
}

/** Whether there is nothing to change. */
export const isEmpty = ({ body, reset }: Changes): boolean => Object.keys(body).length === 0 && reset.length === 0

/** The equivalent options of `container edit`, and the container's new command if it has one. */
export function editWords(container: string, before: Draft, after: Draft): string[] {
  const changed = containerFields.filter((field) => !isSame(field.words(before), field.words(after)))
  const words: string[] = []
  for (const field of changed) {
    if (field.name === 'image') words.push('--image', after.image.trim())
    else if (field.name === 'command') words.push(...(field.words(after).length > 0 ? [] : ['--reset', 'command']))
    else if (field.words(after).length > 0) words.push(...field.words(after))
    else words.push('--reset', field.flags[0]!.slice(2))
  }
  const command = changed.find(({ name }) => name === 'command')?.words(after) ?? []
  return [...words, container, ...command]
}
