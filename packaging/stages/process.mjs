// The processes of npm test's stages.
import { spawn } from 'node:child_process'
import { toolchainEnv, top } from '../toolchain.mjs'

/**
 * Starts a stage's command.
 * @param output `inherit`, or the descriptor of a file to write to.
 */
export function start({ command: [program, ...args], limit }, output) {
  // A group of its own, so that a stage that hangs is ended with all it started and nothing else.
  const child = spawn(program, args, { cwd: top, env: toolchainEnv(), stdio: ['ignore', output, output], detached: true })
  return { child, limit }
}

let stopped = false

/** Whether somebody has asked for the end of the run: no further stage begins then. */
export const isStopped = () => stopped

/** Waits for the end of a stage and returns its exit code. One that takes longer than its limit is ended, which `say` is told. */
export function endOf({ child, limit }, say) {
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // it has ended meanwhile
    }
  }
  const timer = setTimeout(() => {
    say(`The stage took longer than ${limit / 60_000} minutes and is ended.`)
    end('SIGTERM')
    setTimeout(() => end('SIGKILL'), 20_000).unref()
  }, limit)
  const stop = () => {
    stopped = true
    end('SIGTERM')
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return new Promise((resolve) => {
    const done = (code) => {
      clearTimeout(timer)
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve(code)
    }
    child.on('error', () => done(127))
    child.on('exit', (code, signal) => done(signal ? 1 : code))
  })
}
