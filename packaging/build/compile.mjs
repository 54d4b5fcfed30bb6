import { readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { constants, Script } from 'node:vm'

// Usage: node compile.mjs FILE CACHE. Compiles what most commands use of the command line's file, as
// packaging/build/cli-loader.cjs will load it, and writes V8's code. Run by the very Node that will load it.
// What is not compiled here is when it is first called: reading code back takes time too, so all of it would cost every
// command 10 to 40 ms (docs/decisions/0014-compiled-for-most.md).
const [, , file, cache] = process.argv

/** The modules that commands people wait for use: ps, run, exec, start, stop, images … */
const hot = new RegExp(
  [
    '^engine/(errors|store|contract/(?!openapi))',
    'engine/lib/(?!tar)',
    'engine/storage/(index|layout|layer-record|layers|snapshots|overlay|paths)',
    'engine/image/(index|reference|digest|config|media-types|platform)',
    'engine/adapters/(conmon|runtime|programs|netns|netavark|pasta|systemd)',
    'engine/core/(context|index|verbs|paths|containers|exec|networks|config|filters|time|logs)',
    'engine/core/images/(find|resolve|names|store|list|current|filter)\\.',
    'engine/cli/(parse|output|spec)/',
    'engine/cli/(?!help|completion|man-pages)[a-z-]+\\.ts',
    'engine/cli/commands/(ps|run|create|start|stop|rm|exec|images|inspect|logs|version|kill|wait)\\.',
  ].join('|^'),
)

// The loader reads it as Latin-1. Only regular expressions still hold other letters, and there \u means the same.
const source = readFileSync(file, 'utf8').replace(
  /[^\t\r\n -~]/g,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
)
writeFileSync(file, source)

const session = new Session()
session.connect()
let scriptId
session.on('Debugger.scriptParsed', ({ params }) => {
  if (params.url === file || params.url.endsWith(file)) scriptId = params.scriptId
})
const post = (method, params) =>
  session.post(method, params, (error) => {
    if (error) throw new Error(`${method}: ${error.message}`)
  })
const script = new Script(source, {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
post('Debugger.enable')
// Only the wrapper is made; nothing of the program runs.
script.runInThisContext()
if (scriptId === undefined) throw new Error('The inspector does not know the script.')
for (const { start, end } of hotRanges()) {
  // Whoever asks where one may stop makes V8 compile all functions there.
  post('Debugger.getPossibleBreakpoints', { start: position(start), end: position(end) })
}
post('Debugger.disable')
session.disconnect()
writeFileSync(cache, script.createCachedData())

/** A module's functions come before its initializer, which names it; what it runs first follows. */
function hotRanges() {
  const marks = Array.from(source.matchAll(/__(?:esm|commonJS)\(\{"([^"]+)"/g), ({ 1: path, index }) => ({ path, index }))
  if (!marks.some(({ path }) => hot.test(path))) throw new Error('No module is hot: esbuild names them another way now.')
  return marks.flatMap(({ path }, i) =>
    hot.test(path) ? [{ start: i === 0 ? 0 : marks[i - 1].index, end: marks[i + 1]?.index ?? source.length }] : [],
  )
}

function position(offset) {
  const before = source.slice(0, offset)
  const lineNumber = before.split('\n').length - 1
  return { scriptId, lineNumber, columnNumber: offset - (before.lastIndexOf('\n') + 1) }
}
