import { type Node, parse, type Program } from 'acorn'
import { fullAncestor } from 'acorn-walk'
import { analyze, type Scope, type Variable } from 'eslint-scope'

/** A name of another module: `*` is all of it. */
export interface Foreign {
  /** As the import spells it. */
  readonly source: string
  readonly name: string
}

/** What stands behind an exported name: a variable of the module itself, or a name of another module. */
export type Export = { readonly local: string } | Foreign

/** A place in the text where an imported name is used. */
export interface Use {
  readonly imported: Foreign
  readonly node: SyntaxNode
  /** Its ancestors, the nearest first. */
  readonly ancestors: readonly Node[]
}

/** A module of the sources without its types. */
export interface ParsedModule {
  readonly code: string
  readonly program: Program
  /** Imports by the local name. */
  readonly imports: ReadonlyMap<string, Foreign>
  readonly uses: readonly Use[]
  readonly exports: ReadonlyMap<string, Export>
  /** Modules all of whose names are exported (`export *`). */
  readonly stars: readonly string[]
  /** Modules that are imported for what they do. */
  readonly effects: readonly string[]
  /** `import('…')` with a literal. */
  readonly dynamic: readonly { source: string; start: number; end: number }[]
}

/** Names that the linker gives to the functions around a module: none of its own may hide them. */
const reserved = ['berthModule', 'berthBuiltin', 'berthDefault', 'exports', 'module'] as const

/** A node of a syntax tree with what its type gives it. */
export type SyntaxNode = Node & Record<string, any> // oxlint-disable-line no-explicit-any -- ESTree has some eighty shapes

/** @throws Error for a module that hides one of the linker's names */
export function parseModule(path: string, code: string): ParsedModule {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', ranges: true })
  const { scopes } = analyze(program as never, { ecmaVersion: 2024, sourceType: 'module' })
  for (const { variables } of scopes) {
    const hidden = variables.find(({ name, defs }) => defs.length > 0 && (reserved as readonly string[]).includes(name))
    if (hidden) throw new Error(`${path} has a variable ${hidden.name}, a name that is kept for linking: rename it.`)
  }
  const statements = program.body as SyntaxNode[]
  const imports = new Map<string, Foreign>()
  for (const statement of statements) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const each of statement.specifiers as SyntaxNode[]) {
      imports.set(each.local.name, { source: statement.source.value, name: importedName(each) })
    }
  }
  const lineage = ancestorsOf(program)
  return {
    code,
    program,
    imports,
    uses: usesOf(path, scopes, imports, { ...lineage, passedOn: passedOn(statements) }),
    ...exportsOf(statements),
    effects: statements
      .filter((each) => each.type === 'ImportDeclaration' && each.specifiers.length === 0)
      .map((each) => each.source.value as string),
    dynamic: lineage.dynamic,
  }
}

function importedName(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported)
}

/** Names may be given as strings. */
const nameOf = (node: SyntaxNode): string => (node.type === 'Literal' ? node.value : node.name)

function ancestorsOf(program: Program) {
  const ancestors = new Map<number, readonly Node[]>()
  const dynamic: { source: string; start: number; end: number }[] = []
  fullAncestor(program, (node, _state, lineage) => {
    if (node.type === 'Identifier') ancestors.set(node.start, lineage.slice(0, -1).toReversed())
    if (node.type !== 'ImportExpression') return
    const { source } = node as SyntaxNode
    if (source.type === 'Literal') dynamic.push({ source: source.value, start: node.start, end: node.end })
  })
  return { ancestors, dynamic }
}

/** Where `export { name }` names something of the module. */
const passedOn = (statements: readonly SyntaxNode[]): Set<number> =>
  new Set(
    statements
      .flatMap(({ type, specifiers }) => (type === 'ExportNamedDeclaration' ? (specifiers as SyntaxNode[]) : []))
      .map(({ local }) => local.start),
  )

interface Places {
  /** By where an identifier begins. */
  readonly ancestors: ReadonlyMap<number, readonly Node[]>
  readonly passedOn: ReadonlySet<number>
}

function usesOf(path: string, scopes: Scope[], imports: ReadonlyMap<string, Foreign>, { ancestors, passedOn }: Places): Use[] {
  const own = scopes.find(({ type }) => type === 'module')!
  return own.variables.flatMap((variable: Variable) => {
    const imported = imports.get(variable.name)
    if (!imported) return []
    return variable.references.flatMap(({ identifier }) => {
      const node = identifier as unknown as SyntaxNode
      const above = ancestors.get(node.start)
      if (above) return [{ imported, node, ancestors: above }]
      // Names that are exported again are no expressions: what walks the expressions does not come to them.
      if (passedOn.has(node.start)) return []
      throw new Error(`The use of ${variable.name} at ${node.start} of ${path} is of an unknown kind.`)
    })
  })
}

function exportsOf(statements: readonly SyntaxNode[]): Pick<ParsedModule, 'exports' | 'stars'> {
  const exports = new Map<string, Export>()
  const stars: string[] = []
  for (const statement of statements) {
    const source = statement.source?.value as string | undefined
    if (statement.type === 'ExportAllDeclaration') {
      if (statement.exported) exports.set(nameOf(statement.exported), { source: source!, name: '*' })
      else stars.push(source!)
    } else if (statement.type === 'ExportDefaultDeclaration') {
      exports.set('default', { local: statement.declaration.id?.name ?? 'berthDefault' })
    } else if (statement.type === 'ExportNamedDeclaration') {
      for (const { local, exported } of statement.specifiers as SyntaxNode[]) {
        exports.set(nameOf(exported), source === undefined ? { local: nameOf(local) } : { source, name: nameOf(local) })
      }
      for (const local of declaredNames(statement.declaration)) exports.set(local, { local })
    }
  }
  return { exports, stars }
}

function declaredNames(declaration: SyntaxNode | null): string[] {
  if (!declaration) return []
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name]
  return (declaration.declarations as SyntaxNode[]).flatMap(({ id }) => boundNames(id))
}

function boundNames(pattern: SyntaxNode | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return (pattern.properties as SyntaxNode[]).flatMap((each) =>
        boundNames(each.type === 'RestElement' ? each.argument : each.value),
      )
    case 'ArrayPattern':
      return (pattern.elements as SyntaxNode[]).flatMap(boundNames)
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'RestElement':
      return boundNames(pattern.argument)
    default:
      return []
  }
}
