import MagicString from 'magic-string'
import type { SyntaxNode, Use } from './parse.ts'
import { type Definition, definitionOf, namesOf, type Program, targetOf } from './resolve.ts'

/** What the body of a linked module finds around itself; loader.ts gives it. */
export const surroundings = ['berthModule', 'berthBuiltin', '__dirname', '__filename', 'require'] as const

/** A module as the body of a function of `exports`. */
export interface LinkedModule {
  readonly body: string
  /** What is used of other modules: their paths, and for each the names, `*` for all. */
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>
}

/** Says where another module is found when the program runs. */
export type NumberOf = (path: string) => number

/**
 * Turns a module of the program into the body of a function. What it imports is asked for where it is used and from the module
 * that makes it, so that a command runs only the modules that it comes to. `numberOf` is called for each of them.
 */
export function linkModule(program: Program, path: string, numberOf: NumberOf): LinkedModule {
  const module = program.modules.get(path)!
  const text = new MagicString(module.code)
  const needs = new Map<string, Set<string>>()
  const say = (definition: Definition): string => {
    if (definition.kind === 'module') needs.set(definition.path, (needs.get(definition.path) ?? new Set()).add(definition.name))
    return expression(definition, numberOf)
  }
  for (const statement of module.program.body as SyntaxNode[]) rewriteStatement(text, statement)
  for (const use of module.uses) rewriteUse(text, use, (foreign) => say(definitionOf(program, path, foreign)))
  for (const { source, start, end } of module.dynamic) {
    const target = targetOf(program, path, source)
    // What is shipped beside the program is found by Node.
    if (target.kind !== 'external') text.overwrite(start, end, `Promise.resolve().then(()=>${say({ ...target, name: '*' })})`)
  }
  const effects = module.effects.map((source) => `${say({ ...targetOf(program, path, source), name: '*' })};`)
  const getters = Array.from(namesOf(program, path), ([name, definition]) => {
    const { local } = (module.exports.get(name) ?? {}) as { local?: string }
    const own = definition.kind === 'module' && definition.path === path && local !== undefined
    return `${JSON.stringify(name)}:()=>${own ? local : say(definition)}`
  })
  const head = getters.length > 0 ? `berthModule.define(exports,{${getters.join(',')}});` : ''
  return { body: `"use strict";${head}${effects.join('')}${text.toString()}`, needs }
}

/** A definition as an expression, whose value is asked for again each time: modules may be in a circle. */
function expression({ kind, path, name }: Definition, numberOf: NumberOf): string {
  const whole =
    kind === 'module'
      ? `berthModule(${numberOf(path)})`
      : `${kind === 'builtin' ? 'berthBuiltin' : 'require'}(${JSON.stringify(path)})`
  // All that Node's own and CommonJS packages export is their default.
  if (name === '*' || (name === 'default' && kind !== 'module')) return whole
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${whole}.${name}` : `${whole}[${JSON.stringify(name)}]`
}

/** Imports go, exports become plain declarations. */
function rewriteStatement(text: MagicString, statement: SyntaxNode): void {
  const { type, start, end, declaration } = statement
  if (type === 'ImportDeclaration' || type === 'ExportAllDeclaration') text.remove(start, end)
  else if (type === 'ExportNamedDeclaration') text.remove(start, declaration ? declaration.start : end)
  else if (type === 'ExportDefaultDeclaration') {
    if (declaration.id) text.remove(start, declaration.start)
    else text.overwrite(start, declaration.start, 'const berthDefault=')
  }
}

function rewriteUse(text: MagicString, use: Use, say: (foreign: Use['imported']) => string): void {
  const { node, parent, imported } = innermost(use)
  const said = say(imported)
  if (parent.type === 'Property' && parent.shorthand) text.appendLeft(node.end, `:${said}`)
  else text.overwrite(node.start, node.end, isCalled(parent, node) ? `(0,${said})` : isMade(use) ? `(${said})` : said)
}

/** Of `all.name`, where `all` is a whole module, the name is what is used. */
function innermost({ imported, node, ancestors }: Use): { imported: Use['imported']; node: SyntaxNode; parent: SyntaxNode } {
  const [parent, above] = ancestors as [SyntaxNode, SyntaxNode]
  const isMember = parent.type === 'MemberExpression' && sameNode(parent.object, node) && !parent.computed
  if (imported.name !== '*' || !isMember) return { imported, node, parent }
  return { imported: { ...imported, name: parent.property.name }, node: parent, parent: above }
}

const sameNode = (a: SyntaxNode, b: SyntaxNode) => a.start === b.start && a.end === b.end

/** A function that is called must not take its module for `this`. */
const isCalled = (parent: SyntaxNode, node: SyntaxNode) =>
  (parent.type === 'CallExpression' && sameNode(parent.callee, node)) ||
  (parent.type === 'TaggedTemplateExpression' && sameNode(parent.tag, node))

/** Whether it is what `new` makes, or what that is taken from: `new f().Name()` would make an f. */
function isMade({ node, ancestors }: Use): boolean {
  let inner = node
  for (const outer of ancestors as SyntaxNode[]) {
    if (outer.type === 'NewExpression') return sameNode(outer.callee, inner)
    if (outer.type !== 'MemberExpression' || !sameNode(outer.object, inner)) return false
    inner = outer
  }
  return false
}
