import { readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { constants, Script } from 'node:vm'

// Usage: node compile.mjs FILE CACHE. Compiles every function of the command line's file, as packaging/build/cli-loader.cjs
// will load it, and writes V8's code. Run by the very Node that will load it.
const [, , file, cache] = process.argv

// The loader reads it as Latin-1. Only regular expressions still hold other letters, and there \u means the same.
const source = readFileSync(file, 'utf8').replace(
  /[^\t\r\n -~]/g,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
)
writeFileSync(file, source)
setFlagsFromString('--no-lazy')
const script = new Script(source, {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
// The code is only taken by a process with the same flags as the one that writes it.
setFlagsFromString('--lazy')
writeFileSync(cache, script.createCachedData())
