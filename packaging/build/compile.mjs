import { readFileSync, writeFileSync } from 'node:fs'
import Module from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { constants, Script } from 'node:vm'

// Usage: node compile.mjs FILE.cjs CACHE. Compiles every function of a CommonJS file, as packaging/build/cli-loader.cjs
// will load it, and writes V8's code. Run by the very Node that will load it.
const [, , file, cache] = process.argv
setFlagsFromString('--no-lazy')
const script = new Script(Module.wrap(readFileSync(file, 'utf8')), {
  filename: file,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
})
// The code is only taken by a process with the same flags as the one that writes it.
setFlagsFromString('--lazy')
writeFileSync(cache, script.createCachedData())
