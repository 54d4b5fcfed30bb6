import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes of JavaScript, compressed as it is served, that the page may load before it shows anything. */
const limit = 260_000

/**
 * Checks what the page loads first: the scripts that its index names. Called once everything is compressed.
 *
 * @throws Error where that is too much; something has to be loaded on demand then.
 */
export function checkFirstLoad(page: string): void {
  const scripts = [...readFileSync(join(page, 'index.html'), 'utf8').matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(
    ([, name]) => name!,
  )
  if (scripts.length === 0) throw new Error('The page loads no scripts.')
  const sizes = scripts.map((name) => {
    const file = join(page, name)
    return statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size
  })
  const sum = sizes.reduce((all, size) => all + size, 0)
  if (sum > limit)
    throw new Error(
      `The page loads ${sum} bytes of JavaScript first, more than ${limit}: load something of it on demand (src/ui/on-demand.tsx).`,
    )
}
