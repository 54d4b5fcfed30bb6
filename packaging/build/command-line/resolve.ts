import { isBuiltin } from 'node:module'
import type { Foreign, ParsedModule } from './parse.ts'

/** Where a name is made: in a module of the program, in one of Node's own, or in a package that is shipped beside it. `*` is all. */
export interface Definition {
  readonly kind: 'module' | 'builtin' | 'external'
  /** The module's path, or the name that Node finds it by. */
  readonly path: string
  readonly name: string
}

/** The modules of a program, and what each import of theirs leads to. */
export interface Program {
  readonly entry: string
  readonly modules: ReadonlyMap<string, ParsedModule>
  /** Paths by what an import says, for each module; what is not there is no part of the program. */
  readonly targets: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/**
 * The definition of a name that `path` imports, through all modules that only pass it on: those then need not run.
 * @throws Error when nobody exports it
 */
export function definitionOf(program: Program, path: string, { source, name }: Foreign): Definition {
  const target = targetOf(program, path, source)
  if (name === '*' || target.kind !== 'module' || !program.modules.has(target.path)) return { ...target, name }
  const found = exported(program, target.path, name, new Set())
  if (!found) throw new Error(`${path} imports ${name}, which ${target.path} does not export.`)
  return found
}

/** All that a module exports, with what passes through it. */
export function namesOf(program: Program, path: string): Map<string, Definition> {
  const names = new Map<string, Definition>()
  const { exports, stars } = program.modules.get(path)!
  for (const name of exports.keys()) names.set(name, exported(program, path, name, new Set())!)
  for (const source of stars) {
    for (const [name, definition] of namesOf(program, targetOf(program, path, source).path)) {
      if (name !== 'default' && !names.has(name)) names.set(name, definition)
    }
  }
  return names
}

/** What a module's import leads to. */
export function targetOf(program: Program, path: string, source: string): Omit<Definition, 'name'> {
  const target = program.targets.get(path)?.get(source)
  if (target !== undefined) return { kind: 'module', path: target }
  return { kind: isBuiltin(source) ? 'builtin' : 'external', path: source }
}

function exported(program: Program, path: string, name: string, seen: Set<string>): Definition | undefined {
  if (seen.has(path)) return undefined
  seen.add(path)
  const { exports, stars, imports } = program.modules.get(path)!
  const found = exports.get(name)
  if (found) {
    const foreign = 'local' in found ? imports.get(found.local) : found
    return foreign ? definitionOf(program, path, foreign) : { kind: 'module', path, name }
  }
  if (name === 'default') return undefined
  for (const source of stars) {
    const made = exported(program, targetOf(program, path, source).path, name, seen)
    if (made) return made
  }
  return undefined
}
