import { build, type BuildOptions, type Metafile, transform } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ParsedModule, parseModule } from './parse.ts'
import type { Program } from './resolve.ts'

export type LinkOptions = BuildOptions & { absWorkingDir: string }

export const fromNpm = (path: string): boolean => path.includes('node_modules/')

/** What a module knows of where it is, which is where the command line is. */
const ownPlace = {
  'import.meta.url': 'berthModule.url',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
}

/** A package of npm by the name it is imported by. */
export interface Package {
  readonly path: string
  readonly name: string
}

/** Reads all modules that `entry` reaches. Packages from npm are among the targets, but not among the modules. */
export async function readProgram(entry: string, options: LinkOptions): Promise<Program & { packages: readonly Package[] }> {
  const { metafile } = await build({ ...options, define: ownPlace, entryPoints: [entry], write: false, metafile: true })
  const paths = Object.keys(metafile.inputs).filter((path) => !fromNpm(path))
  const parsed = await Promise.all(
    paths.map(async (path): Promise<[string, ParsedModule]> => [path, parseModule(path, await withoutTypes(path, options))]),
  )
  const targets = new Map(paths.map((path) => [path, new Map(importsOf(metafile, path))]))
  const packages = new Map<string, Package>()
  for (const target of targets.values()) {
    for (const [name, path] of target) if (fromNpm(path)) packages.set(path, { path, name })
  }
  return { entry, modules: new Map(parsed), targets, packages: [...packages.values()] }
}

function importsOf(metafile: Metafile, path: string): [string, string][] {
  return metafile.inputs[path]!.imports.flatMap(({ path: target, original, external }): [string, string][] =>
    external || original === undefined ? [] : [[original, target]],
  )
}

async function withoutTypes(path: string, options: LinkOptions): Promise<string> {
  const { code } = await transform(await readFile(join(options.absWorkingDir, path), 'utf8'), {
    loader: 'ts',
    format: 'esm',
    platform: 'node',
    target: options.target as string,
    charset: 'ascii',
    sourcefile: basename(path),
    minifySyntax: options.minifySyntax,
    minifyWhitespace: true,
    define: ownPlace,
  })
  return code
}

/** A package as CommonJS, without what nobody uses; `*` among the names is all of it. */
export async function bundlePackage(name: string, names: ReadonlySet<string>, options: LinkOptions): Promise<string> {
  const contents = names.has('*')
    ? `module.exports = require('${name}')`
    : `export { ${[...names].toSorted().join(', ')} } from '${name}'`
  const { outputFiles } = await build({
    ...options,
    entryPoints: undefined,
    stdin: { contents, resolveDir: options.absWorkingDir },
    format: 'cjs',
    charset: 'ascii',
    minifyWhitespace: true,
    banner: {},
    footer: {},
    write: false,
    metafile: false,
  })
  return outputFiles![0]!.text
}
