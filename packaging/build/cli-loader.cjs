'use strict'
// Starts the command line from its groups of modules (packaging/build/groups.ts), each a file with V8's compiled code
// beside it: reading hundreds of small files and compiling them costs more than most commands do, and so does reading
// what a command does not use. Without that code, or with code of another Node, the same files are compiled here.
const { readFileSync } = require('node:fs')
const { constants, Script } = require('node:vm')

const read = (name, encoding) => {
  try {
    return readFileSync(`${__dirname}/${name}`, encoding)
  } catch {
    return undefined
  }
}
/** The groups' names with the number of the first module of each. */
const groups = [/* groups */]
const bodies = []
const loaded = []
const lazily = /* lazily */ (load) => load
const berthUrl = `file://${encodeURI(__filename).replace(/[?#]/g, encodeURIComponent)}`

const argv = process.argv.slice(2)
const version = argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v') ? read('../VERSION', 'utf8') : undefined
if (version !== undefined) process.stdout.write(`berth version ${version.trim()}\n`)
else berthModule(0)

/** A module's exports by its number; it runs when it is first asked for, and again if that failed. */
function berthModule(number) {
  const known = loaded[number]
  if (known !== undefined) return known.exports
  if (bodies[number] === undefined) loadGroup(groups.findLast(([, first]) => first <= number)[0])
  const module = (loaded[number] = { exports: {} })
  try {
    bodies[number](module.exports, module)
  } catch (error) {
    loaded[number] = undefined
    throw error
  }
  return module.exports
}

function loadGroup(name) {
  const filename = `${__dirname}/cli/${name}.js`
  // All of it is ASCII, which is read as Latin-1 several times faster than as UTF-8.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: read(`cli/${name}.cache`),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  Object.assign(bodies, script.runInThisContext()(berthModule, berthUrl, __dirname, lazily(require), exportAll, reExport, toEsm))
}

/** What esbuild's modules call for their exports, `export *` and `import * as`. */
function exportAll(target, getters) {
  Object.defineProperty(target, '__esModule', { value: true })
  for (const name in getters) Object.defineProperty(target, name, { get: getters[name], enumerable: true })
}
function reExport(target, from) {
  for (const name of Object.getOwnPropertyNames(from)) {
    if (name === 'default' || Object.hasOwn(target, name)) continue
    Object.defineProperty(target, name, { get: () => from[name], enumerable: true })
  }
}
function toEsm(module) {
  return module.__esModule ? module : Object.create(module, { default: { value: module, enumerable: true } })
}
