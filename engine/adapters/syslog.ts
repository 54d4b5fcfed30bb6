import { type ChildProcess, spawn } from 'node:child_process'
import { statSync } from 'node:fs'

import { plainEnvironment, which } from '../lib/process/exec.ts'
import type { LogLevel } from '../lib/log.ts'

/** syslog(3)'s priorities. */
const priorities: Record<LogLevel, number> = { error: 3, warn: 4, info: 6, debug: 7 }

/** Writes a line to the system's log. It never throws: a line that cannot be written is lost. */
export type Syslog = (level: LogLevel, line: string) => void

/**
 * The system's log, through logger(1). Its process ends with this one, once it has written what it was given.
 *
 * @returns undefined where no system log takes lines, or logger is missing.
 */
export function openSyslog(socket = '/dev/log'): Syslog | undefined {
  const program = which('logger')
  if (program === null || !statSync(socket, { throwIfNoEntry: false })?.isSocket()) return undefined
  let child: ChildProcess | undefined
  return (level, line) => {
    child ??= start(program, socket)
    child.stdin?.write(`<${priorities[level]}>${line}`)
  }
}

function start(program: string, socket: string): ChildProcess {
  const args = ['--socket', socket, '--prio-prefix', '--tag', 'berth', `--id=${process.pid}`]
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: plainEnvironment({}) })
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  child.unref()
  // A pipe to a child is a socket, which would keep this process waiting.
  ;(child.stdin as unknown as { unref(): void }).unref()
  return child
}
