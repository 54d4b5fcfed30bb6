import { callFunction } from './functions.ts'
import { inGo } from './go-struct.ts'
import { type Expression, type Node, type Pipeline, type Template, TemplateError } from './tree.ts'
import { goString, isMap, isTrue, typeName } from './values.ts'

export interface ExecuteOptions {
  /** The type whose fields a template names, for the message about an unknown one. */
  type: string
  /** The values of that type: what is executed on, or those of the list that is. */
  rows: ReadonlySet<unknown>
}

interface Variable {
  name: string
  value: unknown
}

interface State {
  template: Template
  options: ExecuteOptions
  root: unknown
  variables: Variable[]
  output: string[]
  /** Of templates that call each other. */
  depth: number
}

/** Deeper calls of templates end in an error, as in Go. */
const maxDepth = 10_000

/** Nothing at all: a key that a map lacks. */
const missing = undefined

type Signal = 'break' | 'continue' | undefined

/** Executes a template on `data`. @throws TemplateError with Go's message */
export function executeTemplate(template: Template, data: unknown, options: ExecuteOptions): string {
  const state: State = { template, options, root: data, variables: [{ name: '$', value: data }], output: [], depth: 0 }
  try {
    run(template.nodes, data, state)
  } catch (error) {
    if (error instanceof TemplateError) error.output = state.output.join('')
    throw error
  }
  return state.output.join('')
}

function run(nodes: readonly Node[], dot: unknown, state: State): Signal {
  for (const node of nodes) {
    const signal = runNode(node, dot, state)
    if (signal) return signal
  }
  return undefined
}

function runNode(node: Node, dot: unknown, state: State): Signal {
  switch (node.kind) {
    case 'text':
      state.output.push(node.text)
      return undefined
    case 'action': {
      const value = evaluate(node.pipe, dot, state)
      if (node.pipe.declare.length === 0) state.output.push(shown(value))
      return undefined
    }
    case 'break':
    case 'continue':
      return node.kind
    case 'template':
      return call(node, dot, state)
    case 'range':
      return scoped(state, () => range(node, dot, state))
    default:
      return scoped(state, () => {
        const value = evaluate(node.pipe, dot, state)
        if (isTrue(value)) return run(node.body, node.kind === 'with' ? value : dot, state)
        return node.otherwise && run(node.otherwise, dot, state)
      })
  }
}

const shown = (value: unknown): string => (value === missing ? '<no value>' : goString(value))

function scoped<T>(state: State, work: () => T): T {
  const { length } = state.variables
  try {
    return work()
  } finally {
    state.variables.length = length
  }
}

function call(node: Extract<Node, { kind: 'template' }>, dot: unknown, state: State): Signal {
  const nodes = node.name === state.template.name ? state.template.nodes : state.template.defined.get(node.name)
  if (!nodes)
    throw failure(
      state,
      node.pos,
      `{{template ${JSON.stringify(node.name)}}}`,
      `template ${JSON.stringify(node.name)} not defined`,
    )
  if (state.depth >= maxDepth)
    throw failure(state, node.pos, `{{template ${JSON.stringify(node.name)}}}`, `exceeded maximum template depth (${maxDepth})`)
  const data = node.pipe ? evaluate(node.pipe, dot, state) : null
  run(nodes, data, { ...state, depth: state.depth + 1, variables: [{ name: '$', value: data }] })
  return undefined
}

function range(node: Extract<Node, { pipe: Pipeline; body: Node[] }>, dot: unknown, state: State): Signal {
  const value = evaluate(node.pipe, dot, state, false)
  const entries = entriesOf(value)
  if (!entries) {
    const { pos, text } = node.pipe.commands.at(-1)?.operands[0] ?? node.pipe
    throw failure(state, pos, text, `range can't iterate over ${goString(value)}`)
  }
  if (entries.length === 0) return node.otherwise && run(node.otherwise, dot, state)
  const { declare, assigns } = node.pipe
  for (const [key, item] of entries) {
    const signal = scoped(state, () => {
      const values = declare.length > 1 ? [key, item] : [item]
      for (const [index, name] of declare.entries()) {
        if (assigns) assign(state, name, values[index])
        else state.variables.push({ name, value: values[index] })
      }
      return run(node.body, item, state)
    })
    if (signal === 'break') break
  }
  return undefined
}

function entriesOf(value: unknown): (readonly [unknown, unknown])[] | undefined {
  if (value === missing || value === null) return []
  if (Array.isArray(value)) return [...value.entries()]
  if (typeof value === 'number' && Number.isInteger(value))
    return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index] as const)
  if (isMap(value)) return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return undefined
}

function evaluate(pipe: Pipeline, dot: unknown, state: State, declares = true): unknown {
  let value: unknown
  for (const [index, { operands }] of pipe.commands.entries()) {
    const [head, ...rest] = operands as [Expression, ...Expression[]]
    value = commandOf(head, rest, index === 0 ? [] : [value], dot, state)
  }
  if (declares)
    for (const name of pipe.declare) {
      if (pipe.assigns) assign(state, name, value)
      else state.variables.push({ name, value })
    }
  return value
}

function assign(state: State, name: string, value: unknown): void {
  const found = state.variables.findLast((each) => each.name === name)
  if (found) found.value = value
}

function commandOf(head: Expression, rest: Expression[], extra: unknown[], dot: unknown, state: State): unknown {
  const values = () => [...rest.map((each) => valueOf(each, dot, state)), ...extra]
  if (head.kind === 'function') return callNamed(head, rest, extra, dot, state)
  if (head.kind === 'nil') throw failure(state, head.pos, head.text, 'nil is not a command')
  const value = valueOf(head, dot, state)
  if (typeof value === 'function') return (value as (...given: unknown[]) => unknown)(...values())
  if (rest.length === 0 && extra.length === 0) return value
  const named = head.kind === 'field' || head.kind === 'chain' || (head.kind === 'variable' && head.names.length > 0)
  if (!named) throw failure(state, head.pos, head.text, `can't give argument to non-function ${head.text}`)
  const name = head.names.at(-1) ?? ''
  throw failure(state, head.pos, head.text, `${name} has arguments but cannot be invoked as function`)
}

function callNamed(
  head: Extract<Expression, { kind: 'function' }>,
  rest: Expression[],
  extra: unknown[],
  dot: unknown,
  state: State,
): unknown {
  const { name } = head
  const whole = [head, ...rest].map(({ text }) => text).join(' ')
  const fail = (message: string, argument?: number) => {
    const at = argument === undefined ? undefined : rest[argument]
    if (at?.kind === 'literal' && message.startsWith('wrong type')) {
      const [, expected = ''] = /expected (\S+);/.exec(message) ?? []
      return failure(state, at.pos, at.text, `expected ${expected === 'int' ? 'integer' : expected}; found ${at.text}`)
    }
    return failure(state, at?.pos ?? head.pos, at?.text ?? whole, message)
  }
  // These two stop at the first value that decides.
  if (name === 'and' || name === 'or') {
    if (rest.length + extra.length === 0) throw fail(`wrong number of args for ${name}: want at least 1 got 0`)
    let value: unknown
    for (const each of rest) {
      value = valueOf(each, dot, state)
      if (isTrue(value) === (name === 'or')) return value
    }
    return extra.length > 0 ? extra[0] : value
  }
  return callFunction(name, [...rest.map((each) => valueOf(each, dot, state)), ...extra], fail)
}

function valueOf(expression: Expression, dot: unknown, state: State): unknown {
  switch (expression.kind) {
    case 'dot':
      return dot
    case 'literal':
      return expression.value
    case 'nil':
      return null
    case 'pipe':
      return evaluate(expression.pipe, dot, state)
    case 'function':
      return callNamed(expression, [], [], dot, state)
    case 'variable':
      return walk(state.variables.findLast(({ name }) => name === expression.name)?.value, expression, state)
    case 'chain':
      return walk(valueOf(expression.of, dot, state), expression, state)
    default:
      return walk(dot, expression, state)
  }
}

function walk(start: unknown, expression: Extract<Expression, { names: string[] }>, state: State): unknown {
  let value = start
  for (const name of expression.names) {
    if (typeof value === 'function') value = (value as () => unknown)()
    value = fieldOf(value, name, expression, state)
  }
  return value
}

function fieldOf(value: unknown, name: string, { pos, text }: Expression, state: State): unknown {
  if (value === missing) return missing
  if (value === null) throw failure(state, pos, text, `nil pointer evaluating interface {}.${name}`)
  const known = inGo(value)
  if (known?.nil) throw failure(state, pos, text, `nil pointer evaluating ${known.type}.${name}`)
  if (typeof value === 'object' && !Array.isArray(value) && hasField(value, name)) return (value as Record<string, unknown>)[name]
  const { type, rows } = state.options
  const top = rows.has(value)
  if (!top && isMap(value)) return missing
  const shownType = top ? type : value === state.root && Array.isArray(value) ? `[]${type}` : typeName(value)
  throw failure(state, pos, text, `can't evaluate field ${name} in type ${shownType}`)
}

/** Built-in properties are no fields of a value. */
const hasField = (value: object, name: string): boolean =>
  Object.hasOwn(value, name) ? name !== 'toJSON' : name in value && !(name in Object.prototype)

/** Go's message: where in the template, and at what. */
function failure({ template: { name, text } }: State, pos: number, at: string, message: string): TemplateError {
  const before = text.slice(0, pos)
  const column = pos - (before.lastIndexOf('\n') + 1)
  const where = `${name}:${before.split('\n').length}:${column}`
  return new TemplateError(`template: ${where}: executing ${JSON.stringify(name)} at <${at}>: ${message}`)
}
