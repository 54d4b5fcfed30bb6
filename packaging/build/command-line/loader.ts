// Starts the command line from its groups of modules (packaging/build/command-line), each a file with V8's compiled code
// beside it: reading hundreds of small files and compiling them costs more than most commands do, and so does reading
// what a command does not use. Without that code, or with code of another Node, the same files are compiled here.
import { readFileSync } from 'node:fs'
import { constants, Script } from 'node:vm'

type Exports = Record<string, unknown>
type Body = (exports: Exports, module: { exports: Exports }) => void

/** Given by the build: the names of the groups, and for each module the place of its group among them. */
declare const berthGroups: readonly string[]
declare const berthPlaces: readonly number[]
/** What `--version` prints, `@` standing for the version. */
declare const berthVersionLine: string

const bodies: Record<number, Body> = []
const loaded: ({ exports: Exports } | undefined)[] = []
const builtins: Record<string, unknown> = {}
/** The launcher's flag for commands that only read what is ours (docs/decisions/0022-baked-in-seed.md). */
const cacheEnding = process.execArgv.includes('--no-rehash-snapshot') ? 'baked.cache' : 'cache'

const argv = process.argv.slice(2)
const version = argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v') ? read('../VERSION') : undefined
if (version !== undefined) process.stdout.write(berthVersionLine.replace('@', String(version).trim()))
else {
  Object.assign(berthModule, { define })
  Object.defineProperty(berthModule, 'url', { get: () => process.getBuiltinModule('node:url').pathToFileURL(__filename).href })
  berthModule(0)
}

/** A module's exports by its number; it runs when it is first asked for, and again if that failed. */
function berthModule(number: number): Exports {
  const known = loaded[number]
  if (known !== undefined) return known.exports
  if (bodies[number] === undefined) loadGroup(berthGroups[berthPlaces[number]!]!)
  const module = (loaded[number] = { exports: {} })
  try {
    bodies[number]!(module.exports, module)
  } catch (error) {
    loaded[number] = undefined
    throw error
  }
  return module.exports
}

/** One of Node's own modules, loaded when it is first asked for: node:crypto alone takes 4 ms. */
function berthBuiltin(name: string): unknown {
  return (builtins[name] ??= process.getBuiltinModule(name))
}

function loadGroup(name: string): void {
  const filename = `${__dirname}/cli/${name}.js`
  // All of it is ASCII, which is read as Latin-1 several times faster than as UTF-8.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: read(`cli/${name}.${cacheEnding}`),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const made = script.runInThisContext() as (...surroundings: unknown[]) => Record<number, Body>
  Object.assign(bodies, made(berthModule, berthBuiltin, __dirname, __filename, require))
}

/** What modules call for their exports. */
function define(target: Exports, getters: Record<string, () => unknown>): void {
  for (const name in getters) Object.defineProperty(target, name, { get: getters[name]!, enumerable: true })
}

function read(name: string): Buffer | undefined {
  try {
    return readFileSync(`${__dirname}/${name}`)
  } catch {
    return undefined
  }
}
