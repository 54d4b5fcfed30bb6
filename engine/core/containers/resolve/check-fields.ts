import { isDeepStrictEqual } from 'node:util'

import type { SpecField, SpecFields } from '../../../contract/spec-fields/index.ts'
import { EngineError } from '../../../errors/index.ts'

/**
 * Holds a request against the contract's table of its fields.
 *
 * @param what is asked for: `container` or `pod`.
 * @returns sentences about fields that are accepted and have no effect.
 * @throws EngineError `UnknownField` for one that the table lacks, `NotSupported` for one that is refused.
 */
export function checkFields(table: SpecFields, what: string, spec: object): string[] {
  const warnings: string[] = []
  walk({ table, what, warnings }, spec, '', '')
  return [...new Set(warnings)]
}

interface Checking {
  table: SpecFields
  what: string
  warnings: string[]
}

/** `path` is the field's in the table, `shown` its own. */
function walk(checking: Checking, value: unknown, path: string, shown: string): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(checking, item, path, shown)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const { table } = checking
  for (const [key, each] of Object.entries(value)) {
    const exact = path === '' ? key : `${path}.${key}`
    const name = !Object.hasOwn(table, exact) && Object.hasOwn(table, `${path}.*`) ? `${path}.*` : exact
    const own = shown === '' ? key : `${shown}.${key}`
    checkField(checking, name, own, each)
    if (hasFields(table, name)) walk(checking, each, name, own)
  }
}

function checkField({ table, what, warnings }: Checking, path: string, name: string, value: unknown): void {
  const field = Object.hasOwn(table, path) ? table[path] : undefined
  if (!isGiven(value, field)) return
  if (field === undefined) {
    const message = `The field ${JSON.stringify(name)} of a ${what} is not known to this version; leave it out.`
    throw new EngineError('UnknownField', message, { details: { field: name } })
  }
  if (field.state === 'done' || field.usual?.some((usual) => isDeepStrictEqual(usual, value))) return
  const flags = (field.flags ?? '').split(' ').filter(Boolean)
  const called = flags.length > 0 ? `${name} (${flags.map((flag) => `--${flag}`).join(', ')})` : name
  if (field.state === 'refused') {
    throw new EngineError('NotSupported', `The field ${called} of a ${what} is refused: ${field.reason}.`, {
      details: { field: name },
    })
  }
  warnings.push(`The field ${called} of a ${what} has no effect: ${field.reason}.`)
}

/** Several JSON values mean unset; Go's clients send zero values. */
function isGiven(value: unknown, field: SpecField | undefined): boolean {
  if (value === undefined || value === null) return false
  return field?.offIsGiven === true || !isZero(value)
}

function isZero(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isZero)
}

const parents = new WeakMap<SpecFields, Set<string>>()

/** Whether the table has fields below this one. */
function hasFields(table: SpecFields, name: string): boolean {
  let found = parents.get(table)
  if (!found) {
    found = new Set(Object.keys(table).flatMap((path) => (path.includes('.') ? [path.slice(0, path.lastIndexOf('.'))] : [])))
    parents.set(table, found)
  }
  return found.has(name)
}
