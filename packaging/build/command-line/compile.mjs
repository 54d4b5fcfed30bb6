import { readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { constants, Script } from 'node:vm'

// Usage: node compile.mjs ENDING FILE… -- FILE… Compiles the files as loader.ts will load them, with every function of those
// before the dashes, and writes V8's code beside each, with this ending in the place of .js. Run by the very Node that will load it,
// with the same flags: V8 takes no code that was compiled with others.
const [ending, ...all] = process.argv.slice(2)
const whole = new Set(all.slice(0, all.indexOf('--')))
const session = new Session()
session.connect()
const scripts = new Map()
session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.url.replace(/^file:\/\//, ''), params))
const post = (method, params) =>
  session.post(method, params, (error) => {
    if (error) throw new Error(`${method}: ${error.message}`)
  })
post('Debugger.enable')
for (const filename of all.filter((word) => word !== '--')) {
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  // Only the list of modules is made; nothing of the program runs.
  script.runInThisContext()
  if (whole.has(filename)) compileAll(filename)
  writeFileSync(filename.replace(/\.js$/, ending), script.createCachedData())
}
post('Debugger.disable')
session.disconnect()

function compileAll(filename) {
  const parsed = scripts.get(filename)
  if (!parsed) throw new Error(`The inspector does not know the script ${filename}.`)
  const { scriptId, endLine: lineNumber, endColumn: columnNumber } = parsed
  // Asking where one may stop makes V8 compile all functions there.
  post('Debugger.getPossibleBreakpoints', {
    start: { scriptId, lineNumber: 0, columnNumber: 0 },
    end: { scriptId, lineNumber, columnNumber },
  })
}
