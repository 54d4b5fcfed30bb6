import { build, type BuildOptions, type Metafile, transform } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'

/** One module, as the text of a function's body that may use what `linkedNames` lists. */
export interface LinkedModule {
  readonly path: string
  readonly body: string
  readonly group: number
}

/** What the body of a linked module finds around itself; cli-loader.cjs gives it. */
export const linkedNames = ['berthModule', 'berthUrl', '__dirname', 'require', '__export', '__reExport', '__toESM'] as const

/**
 * All modules that `entry` reaches, each as CommonJS, in the order of their groups; bodies name other modules by their
 * place in the answer, and the entry is the first. Packages from npm become one module each, with what nobody uses left out.
 *
 * Modules stay apart, other than in a bundle, so that starting costs only the ones that a command runs.
 */
export async function link(
  entry: string,
  options: BuildOptions & { absWorkingDir: string },
  groupOf: (path: string) => number,
): Promise<LinkedModule[]> {
  const top = options.absWorkingDir
  const { metafile } = await build({ ...options, entryPoints: [entry], write: false, metafile: true })
  const ours = Object.keys(metafile.inputs).filter((path) => !fromNpm(path))
  const paths = [entry, ...ours.filter((path) => path !== entry)]
  const texts = await Promise.all(paths.map((path) => toCommonJs(join(top, path), options)))
  const packages = new Map<string, string>()
  for (const path of paths) {
    for (const { path: target, original } of importsOf(metafile, path)) if (fromNpm(target)) packages.set(target, original)
  }
  const all = [...paths, ...packages.keys()].toSorted((a, b) => groupOf(a) - groupOf(b))
  const places = new Map(all.map((path, place) => [path, place]))
  const bodies = new Map<string, string>()
  await Promise.all([
    ...paths.map(async (path, index) => bodies.set(path, withPlaces(texts[index]!, importsOf(metafile, path), places))),
    ...Array.from(packages, async ([path, name]) => bodies.set(path, await bundlePackage(name, texts, options))),
  ])
  return all.map((path) => ({ path, body: bodies.get(path)!, group: groupOf(path) }))
}

/** Before a variable's name: not inside of another word, nor a property, but after the dots of a spread. */
const ownName = String.raw`(?<!\w|(?<!\.\.)\.)`

const fromNpm = (path: string) => path.includes('node_modules/')

function importsOf(metafile: Metafile, path: string): { path: string; original: string }[] {
  return metafile.inputs[path]!.imports.flatMap(({ path: target, original, external }) =>
    external || original === undefined ? [] : [{ path: target, original }],
  )
}

async function toCommonJs(file: string, options: BuildOptions): Promise<string> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    platform: 'node',
    target: options.target as string,
    charset: 'ascii',
    sourcefile: basename(file),
    minifySyntax: options.minifySyntax,
    minifyWhitespace: true,
    define: options.define,
  })
  return withoutPreamble(code)
}

/** Without esbuild's helper functions, which every module would have anew, and with its exports on the given object. */
function withoutPreamble(code: string): string {
  let text = code.trim().replace(/0&&\(module\.exports=\{[^]*\}\);$/, '')
  while (text.startsWith('var __')) text = text.slice(statementEnd(text))
  text = text.replace(/^var (\w+_exports)=\{\};module\.exports=__toCommonJS\(\1\);/, '')
  const head = /^var (\w+_exports)=\{\};(__export\(\1,\{)/.exec(text)
  if (head) {
    text = `${head[2]!.replace(head[1]!, 'exports')}${text.slice(head[0].length)}`
      .replace(`module.exports=__toCommonJS(${head[1]});`, '')
      .replaceAll(`__reExport(${head[1]},`, '__reExport(exports,')
      .replaceAll(/(__reExport\(exports,require\("[^"]+"\)),module\.exports\)/g, '$1)')
  }
  if (/\b__(toCommonJS|copyProps|defProp)\b|\w+_exports\b|\bmodule\.exports\b/.test(text)) {
    throw new Error(`esbuild writes its modules another way now: ${text.slice(0, 300)}`)
  }
  return text
}

/** Where the first statement ends: the semicolon outside of all brackets. */
function statementEnd(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!
    if ('({['.includes(letter)) depth += 1
    else if (')}]'.includes(letter)) depth -= 1
    else if (letter === ';' && depth === 0) return at + 1
  }
  return text.length
}

/**
 * Names other modules by their place. One whose names are used is asked for where that happens, not before: a command
 * then runs only the modules that it comes to.
 */
function withPlaces(body: string, imports: { path: string; original: string }[], places: Map<string, number>): string {
  const place = new Map(imports.map(({ path, original }) => [original, places.get(path)]))
  const load = (name: string) => (place.has(name) ? `berthModule(${place.get(name)})` : `require("${name}")`)
  const known = (name: string) => place.has(name) || isBuiltin(name)
  const later = new Map<string, string>()
  return body
    .replaceAll(/(?<=\bvar |,)(import_\w+)=require\("([^"]+)"\)(?=[,;])/g, (text, variable: string, name: string) => {
      // What nothing is taken from is imported for what it does.
      if (!place.has(name) || !new RegExp(`${ownName}${variable}\\.`).test(body)) return text
      later.set(variable, load(name))
      return `${variable}=0`
    })
    .replaceAll(/\b(require|import)\("([^"]+)"\)/g, (text, kind: string, name: string) => {
      if (!known(name)) return text // what is shipped beside the program
      return kind === 'require' ? load(name) : `Promise.resolve().then(()=>${load(name)})`
    })
    .replaceAll(
      new RegExp(`${ownName}(\\bnew )?(import_\\w+)(?=\\.)`, 'g'),
      (text, made: string | undefined, variable: string) => {
        const found = later.get(variable)
        if (found === undefined) return text
        return made ? `new (${found})` : found
      },
    )
}

/** The names of a package that the texts use, or nothing when somebody takes it whole. */
async function usedNames(name: string, texts: readonly string[], options: BuildOptions): Promise<string[] | undefined> {
  const names = new Set<string>()
  for (const text of texts) {
    if (text.includes(`import("${name}")`)) return undefined
    for (const [, variable] of text.matchAll(new RegExp(`\\b(\\w+)=(?:__toESM\\()?require\\("${name}"\\)`, 'g'))) {
      for (const [, used] of text.matchAll(new RegExp(`${ownName}${variable}\\.(\\w+)`, 'g'))) names.add(used!)
    }
  }
  const { metafile } = await build({
    ...options,
    entryPoints: [name],
    format: 'esm',
    banner: {},
    footer: {},
    write: false,
    metafile: true,
  })
  const offered = Object.values(metafile.outputs)[0]!.exports
  return offered.length === 0 ? undefined : offered.filter((each) => names.has(each))
}

async function bundlePackage(name: string, texts: readonly string[], options: BuildOptions): Promise<string> {
  const names = await usedNames(name, texts, options)
  const { outputFiles } = await build({
    ...options,
    entryPoints: undefined,
    stdin: {
      contents: names === undefined ? `module.exports = require('${name}')` : `export { ${names.join(', ')} } from '${name}'`,
      resolveDir: options.absWorkingDir,
    },
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
