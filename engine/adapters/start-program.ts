import { type ChildProcess, spawn } from 'node:child_process'

import { plainEnvironment } from '../lib/process/exec.ts'

/** A program to start, and the descriptors that it gets as standard input and output. The caller closes them. */
export interface ProgramStart {
  file: string
  args: readonly string[]
  stdin: number
  stdout: number
}

export interface ExitResult {
  /** Exit status; `null` when a signal ended it. */
  code: number | null
  /** The first of what it wrote to standard error. */
  stderr: string
}

/** A program that runs. */
export interface StartedProgram {
  readonly pid: number
  readonly ended: Promise<ExitResult>
  /** Kills it immediately. Idempotent. */
  kill(): void
}

/** Starts a program. @throws errors of spawn(2), `ENOENT` */
export type StartProgram = (start: ProgramStart) => Promise<StartedProgram>

const maxStderr = 500

/** Starts it from this thread, which blocks until the program has started. */
export const startHere: StartProgram = ({ file, args, stdin, stdout }) => {
  const child = spawn(file, args, { stdio: [stdin, stdout, 'pipe'], env: plainEnvironment() })
  const ended = waitForClose(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve({ pid: child.pid!, ended, kill: () => void child.kill('SIGKILL') }))
  })
}

function waitForClose(child: ChildProcess): Promise<ExitResult> {
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, maxStderr)
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })))
}
