// node packaging/run.mjs PROGRAM ARGS…: runs a program with the pinned Node and the packages' programs first in PATH.
import { spawn } from 'node:child_process'
import { ensurePackages, toolchainEnv } from './toolchain.mjs'

const [program, ...args] = process.argv.slice(2)
if (!program) {
  console.error('usage: node packaging/run.mjs PROGRAM [ARGUMENT…]')
  process.exit(2)
}
ensurePackages()
const child = spawn(program, args, { env: toolchainEnv(), stdio: 'inherit' })
// The terminal sends its signals to the whole group; those of `kill` reach only us and are passed on.
for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']) process.on(signal, () => child.kill(signal))
process.on('SIGINT', () => {})
child.on('error', (error) => {
  console.error(`Cannot run ${program}: ${error.message}`)
  process.exit(127)
})
child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : code))
