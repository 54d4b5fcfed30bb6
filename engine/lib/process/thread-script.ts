import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The file of a thread's program: in the sources `NAME.ts` beside `url`, in a build a program of its own beside or above it.
 * @returns nothing where there is none.
 */
export function threadScript(name: string, url: string): string | undefined {
  const places = url.endsWith('.ts') ? [`./${name}.ts`] : [`./${name}.cjs`, `../${name}.cjs`]
  return places.map((place) => fileURLToPath(new URL(place, url))).find((place) => existsSync(place))
}
