import { linkModule } from './link.ts'
import { bundlePackage, type LinkOptions, readProgram } from './program.ts'

/** One module or package of a linked program, as the body of a function of `exports` and `module`. Its number is its place. */
export interface Member {
  readonly path: string
  readonly body: string
}

/**
 * All that `entry` needs, the entry first. Modules stay apart, other than in a bundle, so that a command runs only the ones that it
 * comes to; what nobody takes anything from is left out.
 */
export async function linkProgram(entry: string, options: LinkOptions): Promise<Member[]> {
  const program = await readProgram(entry, options)
  const numbers = new Map<string, number>()
  const numberOf = (path: string): number => {
    if (!numbers.has(path)) numbers.set(path, numbers.size)
    return numbers.get(path)!
  }
  numberOf(entry)
  const bodies = new Map<string, string>()
  const used = new Map<string, Set<string>>()
  // A module that is numbered while another is linked comes later in the same loop.
  for (const [path] of numbers) {
    if (!program.modules.has(path)) continue
    const { body, needs } = linkModule(program, path, numberOf)
    bodies.set(path, body)
    for (const [target, names] of needs) used.set(target, new Set([...(used.get(target) ?? []), ...names]))
  }
  await Promise.all(
    program.packages
      .filter(({ path }) => numbers.has(path))
      .map(async ({ path, name }) => bodies.set(path, await bundlePackage(name, used.get(path)!, options))),
  )
  return Array.from(numbers.keys(), (path) => ({ path, body: bodies.get(path)! }))
}
