import type { Plugin } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'

/**
 * Keeps what the page loads first in one file. esbuild makes a file for each set of entry points that share a module: a dozen parts
 * that are loaded on demand would cut the rest into forty pieces. So each of them imports the page's first module, which has always
 * been run by then: all that it needs is shared by all.
 *
 * @param first the absolute path of that module
 */
export const oneFirstFile = (first: string): Plugin => ({
  name: 'one-first-file',
  setup(build) {
    const onDemand = new Set<string>()
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') onDemand.add(resolve(resolveDir, path))
      return undefined
    })
    build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (!onDemand.has(path)) return undefined
      const contents = `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(first)}\n`
      return { contents, loader: extname(path) === '.tsx' ? 'tsx' : 'ts' }
    })
  },
})
