'use strict'
// Starts the command line from one file and its compiled code (packaging/build/compile.mjs): reading a hundred small
// modules and compiling them costs more than most commands do. Without that code, or with code of another Node,
// the same file is compiled here.
const { readFileSync } = require('node:fs')
const { constants, Script } = require('node:vm')

const read = (name, encoding) => {
  try {
    return readFileSync(`${__dirname}/${name}`, encoding)
  } catch {
    return undefined
  }
}
const argv = process.argv.slice(2)
const version = argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v') ? read('../VERSION', 'utf8') : undefined
if (version !== undefined) process.stdout.write(`berth version ${version.trim()}\n`)
else {
  const filename = `${__dirname}/berth.cjs`
  // All of it is ASCII, which is read as Latin-1 several times faster than as UTF-8.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    cachedData: read('berth.cache'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  script.runInThisContext().call(exports, exports, require, module, filename, __dirname)
}
