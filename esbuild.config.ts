import { build, type BuildOptions, type BuildResult, context, type PluginBuild } from 'esbuild'
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { writeCatalogues } from './packaging/build/catalogues.ts'
import { buildCommandLine } from './packaging/build/command-line/index.ts'
import { compress } from './packaging/build/compress.ts'
import { checkFirstLoad } from './packaging/build/first-load.ts'
import { oneFirstFile } from './packaging/build/one-first-file.ts'
import { pageStyles } from './packaging/build/page-styles.ts'
import { fingerprint } from './packaging/fingerprint.mjs'
import { pinnedNodeFolder } from './packaging/toolchain.mjs'

// `npm run build` writes dist/: the page (for our console, and as a Cockpit package) and the programs.
// `-- --watch` rebuilds while files change.

const top = import.meta.dirname
const watch = process.argv.includes('--watch')
// Built aside and renamed, so that nobody meets half a build, and several may build at once.
const out = join(top, watch ? 'dist' : `.cache/build-${process.pid}`)

/** Programs of ours by the name the launcher gives them (`berth --entry=NAME`). */
const programs: Record<string, string> = {
  agent: 'engine/console/main.ts',
  'engine-half': 'engine/agent/engine-half.ts',
  usage: 'engine/usage/main.ts',
}

/** Threads, by the name that threadScript() finds them by: one CommonJS file each, which starts in a third of the time that modules take. */
const threads: Record<string, string> = {
  'unpack-worker': 'engine/core/images/pulls/unpack-worker.ts',
  'start-worker': 'engine/adapters/start-worker.ts',
}

/** The command line: linked and compiled beforehand, because its start is what people wait for. */
const commandLine = 'engine/cli/main.ts'

/** Packages with native parts: shipped as they are, beside the bundles. */
const natives = ['koffi', '@lydell/node-pty']

const pageOptions: BuildOptions = {
  absWorkingDir: top,
  entryPoints: { index: 'src/app/main.tsx' },
  outdir: join(out, 'page'),
  entryNames: watch ? '[name]' : '[name]-[hash]',
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome115', 'firefox115', 'safari17'],
  jsx: 'automatic',
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  metafile: true,
  loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'file', '.svg': 'file', '.png': 'file', '.jpg': 'file' },
  plugins: [oneFirstFile(join(top, 'src/app/main.tsx')), pageStyles],
  define: { 'process.env.NODE_ENV': watch ? '"development"' : '"production"' },
  logLevel: 'warning',
}

const programOptions = (entryPoints: Record<string, string>): BuildOptions => ({
  absWorkingDir: top,
  entryPoints,
  outdir: join(out, 'lib'),
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: [...natives, 'bufferutil', 'utf-8-validate'],
  minifySyntax: !watch,
  minifyWhitespace: !watch,
  sourcemap: watch ? 'linked' : false,
  // Its build for Node is CommonJS, whose names a dynamic import of a bundle does not see.
  alias: { yaml: join(top, 'node_modules/yaml/browser/index.js') },
  metafile: true,
  // CommonJS packages in the bundle ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as berthCreateRequire } from 'node:module';const require = berthCreateRequire(import.meta.url);",
  },
  logLevel: 'warning',
})

const oneFileOptions = (entryPoints: Record<string, string>): BuildOptions => {
  const { splitting: _, chunkNames: __, banner: ___, ...options } = programOptions(entryPoints)
  return {
    ...options,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'berthUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  }
}

const workerOptions = (): BuildOptions => ({
  ...oneFileOptions(present(threads)),
  banner: { js: "const berthUrl = require('node:url').pathToFileURL(__filename).href;" },
})

async function buildCli(): Promise<void> {
  const gone = await buildCommandLine(commandLine, join(out, 'lib'), { ...oneFileOptions({}), absWorkingDir: top }, !watch)
  if (gone.length > 0) {
    console.error(`${gone.length} recorded modules are gone, ${gone[0]} among them: run npm run record.`)
  }
}

function writeIndex(result: BuildResult): void {
  const files = Object.entries(result.metafile?.outputs ?? {})
  const entry = files.find(([, output]) => output.entryPoint === 'src/app/main.tsx')
  const name = (file: string) => file.slice(file.indexOf('/page/') + '/page/'.length)
  if (!entry) throw new Error('The page has no entry point.')
  const css = entry[1].cssBundle
  // What the first file imports need not wait for it.
  const preloads = entry[1].imports
    .filter(({ kind, external }) => kind === 'import-statement' && external !== true)
    .map(({ path }) => `<link rel="modulepreload" href="${name(path)}" />`)
  const template = readFileSync(join(top, 'src/app/index.html'), 'utf8')
  writeFileSync(
    join(out, 'page/index.html'),
    template
      .replace('<!-- style -->', [css ? `<link rel="stylesheet" href="${name(css)}" />` : '', ...preloads].join(''))
      .replace('<!-- script -->', `<script type="module" src="${name(entry[0])}"></script>`),
  )
}

/** A package and what it depends on, as npm has them. */
function copyPackage(name: string): void {
  const from = join(top, 'node_modules', name)
  if (!existsSync(from)) return // a platform that is not this one
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >
  const skip = /\/(doc|vendor|deps|typings|.*\.(d\.ts|md|pdb|map|cc|hh|h|inc))$/
  cpSync(from, join(out, 'node_modules', name), { recursive: true, dereference: true, filter: (path) => !skip.test(path) })
  for (const needed of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) copyPackage(needed)
}

function copyPrograms(): void {
  mkdirSync(join(out, 'bin'), { recursive: true })
  for (const name of ['berth', 'close-descriptors.cjs']) cpSync(join(top, 'packaging/bin', name), join(out, 'bin', name))
  for (const name of ['docker', 'skopeo']) {
    rmSync(join(out, 'bin', name), { force: true })
    symlinkSync('berth', join(out, 'bin', name))
  }
  const node = join(pinnedNodeFolder() ?? dirname(process.execPath), 'node')
  rmSync(join(out, 'bin/node'), { force: true })
  try {
    linkSync(node, join(out, 'bin/node'))
  } catch {
    cpSync(node, join(out, 'bin/node'))
  }
  for (const name of natives) copyPackage(name)
}

function present(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(join(top, path))))
}

const hasPage = existsSync(join(top, 'src/app/main.tsx'))
const entries = present(programs)

function finishPage(result: BuildResult): void {
  writeIndex(result)
  // All styles are in the first style sheet; esbuild writes them again for each part that is loaded on demand.
  const chunks = join(out, 'page/chunks')
  for (const file of readdirSync(chunks)) if (file.endsWith('.css')) rmSync(join(chunks, file))
  cpSync(join(top, 'manifest.json'), join(out, 'page/manifest.json'))
  writeCatalogues(join(top, 'po'), join(out, 'page'))
}

/** Puts what was built in the place of `dist`. */
function replace(dist: string, old: string): void {
  for (;;) {
    try {
      if (existsSync(dist)) renameSync(dist, old)
      renameSync(out, dist)
      break
    } catch (error) {
      // Another build came in between: the later one wins.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      rmSync(old, { recursive: true, force: true })
    }
  }
  rmSync(old, { recursive: true, force: true })
}

async function buildOnce(): Promise<void> {
  const began = performance.now()
  const mark = fingerprint()
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const pages = hasPage ? build(pageOptions).then(finishPage) : undefined
  const libs = Object.keys(entries).length > 0 ? build(programOptions(entries)) : undefined
  const cli = existsSync(join(top, commandLine)) ? buildCli() : undefined
  const worker = build(workerOptions())
  await Promise.all([pages, libs, cli, worker, Promise.resolve().then(copyPrograms)])
  if (hasPage) {
    await compress(join(out, 'page'))
    checkFirstLoad(join(out, 'page'))
  }
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string }
  writeFileSync(join(out, 'VERSION'), `${version}\n`)
  writeFileSync(join(out, '.fingerprint'), mark)
  replace(join(top, 'dist'), `${out}-old`)
  console.error(`Built dist/ in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}

async function watchAll(): Promise<void> {
  mkdirSync(out, { recursive: true })
  const setup = (page: PluginBuild) => page.onEnd((result) => (result.errors.length === 0 ? finishPage(result) : undefined))
  if (hasPage) await (await context({ ...pageOptions, plugins: [{ name: 'finish', setup }] })).watch()
  if (Object.keys(entries).length > 0) await (await context(programOptions(entries))).watch()
  await (await context(workerOptions())).watch()
  await buildCli()
  copyPrograms()
  console.error('Watching; Ctrl-C ends.')
}

try {
  await (watch ? watchAll() : buildOnce())
} finally {
  if (!watch) rmSync(out, { recursive: true, force: true })
}
