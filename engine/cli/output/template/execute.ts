import { functions } from './functions.ts'
import { inGo } from './go-struct.ts'
import { type Expression, type Node, type Pipeline, TemplateError } from './tree.ts'
import { goString, isTrue } from './values.ts'

export interface ExecuteOptions {
  /** The type whose fields a template names, for the message about an unknown one. */
  type: string
}

interface Scope {
  dot: unknown
  root: unknown
  variables: Record<string, unknown>
  options: ExecuteOptions
}

/** Executes a template on `data`. @throws TemplateError */
export function executeTemplate(nodes: readonly Node[], data: unknown, options: ExecuteOptions): string {
  return run(nodes, { dot: data, root: data, variables: { $: data }, options })
}

function run(nodes: readonly Node[], scope: Scope): string {
  let output = ''
  for (const node of nodes) output += runNode(node, scope)
  return output
}

function runNode(node: Node, scope: Scope): string {
  if (node.kind === 'text') return node.text
  const value = evaluate(node.pipe, scope)
  if (node.kind === 'action') {
    if (node.pipe.declare.length > 0) {
      scope.variables[node.pipe.declare[0] as string] = value
      return ''
    }
    return value === undefined ? '<no value>' : goString(value)
  }
  if (node.kind === 'range') return range(node, value, scope)
  const variables = declared(node.pipe, [value], scope)
  if (!isTrue(value)) return run(node.otherwise, { ...scope, variables })
  return run(node.body, node.kind === 'with' ? { ...scope, variables, dot: value } : { ...scope, variables })
}

function range(node: Extract<Node, { body: Node[] }>, value: unknown, scope: Scope): string {
  const entries = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return run(node.otherwise, scope)
  return entries
    .map(([key, item]: [string | number, unknown]) => {
      const values = node.pipe.declare.length > 1 ? [key, item] : [item]
      return run(node.body, { ...scope, dot: item, variables: declared(node.pipe, values, scope) })
    })
    .join('')
}

function declared({ declare }: Pipeline, values: unknown[], scope: Scope): Record<string, unknown> {
  return { ...scope.variables, ...Object.fromEntries(declare.map((name, index) => [name, values[index]])) }
}

function evaluate({ commands }: Pipeline, scope: Scope): unknown {
  let value: unknown
  commands.forEach((command, index) => {
    value = index === 0 ? call(command, [], scope) : call(command, [value], scope)
  })
  return value
}

function call([head, ...rest]: Expression[], extra: unknown[], scope: Scope): unknown {
  if (!head) return undefined
  if (head.kind !== 'function') {
    const value = valueOf(head, scope)
    if (typeof value === 'function')
      return (value as (...values: unknown[]) => unknown)(...rest.map((each) => valueOf(each, scope)), ...extra)
    if (rest.length > 0 || extra.length > 0)
      throw new TemplateError(`can't give argument to non-function ${head.kind === 'field' ? head.text : head.kind}`)
    return value
  }
  const fn = Object.hasOwn(functions, head.name) ? functions[head.name] : undefined
  if (!fn) throw new TemplateError(`function "${head.name}" not defined`)
  const values = [...rest.map((each) => valueOf(each, scope)), ...extra]
  try {
    return fn(...values)
  } catch (error) {
    if (error instanceof TemplateError) throw error
    throw new TemplateError(`error calling ${head.name}: a value is of the wrong type or size`)
  }
}

function valueOf(expression: Expression, scope: Scope): unknown {
  if (expression.kind === 'literal') return expression.value
  if (expression.kind === 'pipe') return evaluate(expression.pipe, scope)
  if (expression.kind === 'function') return call([expression], [], scope)
  if (expression.kind === 'variable') {
    if (!Object.hasOwn(scope.variables, expression.name)) throw new TemplateError(`undefined variable "${expression.name}"`)
    return walk(scope.variables[expression.name], expression.names, scope, false)
  }
  if (expression.of) return walk(valueOf(expression.of, scope), expression.names, scope, false)
  return walk(scope.dot, expression.names, scope, scope.dot === scope.root)
}

function walk(start: unknown, names: readonly string[], scope: Scope, top: boolean): unknown {
  let value = start
  names.forEach((name, index) => {
    const known = typeof value === 'object' && value !== null && hasField(value, name)
    // Deeper down a missing field may be an optional one or a label: `<no value>`, as in a Go map.
    const type = top && index === 0 ? scope.options.type : inGo(value)?.type
    if (!known && type !== undefined) throw new TemplateError(`can't evaluate field ${name} in type ${type}`)
    value = known ? (value as Record<string, unknown>)[name] : undefined
  })
  return value
}

/** Built-in properties are no fields of a value. */
const hasField = (value: object, name: string): boolean =>
  Object.hasOwn(value, name) || (name in value && !(name in Object.prototype))
