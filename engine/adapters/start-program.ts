import { type ChildProcess, spawn } from 'node:child_process'

import { plainEnvironment } from '../lib/exec.ts'

/** A program to start, and the descriptors that it gets as standard input and output. Whoever opened them closes them. */
export interface ProgramStart {
  file: string
  args: readonly string[]
  stdin: number
  stdout: number
}

export interface Ending {
  /** Exit status; `null` when a signal ended it. */
  code: number | null
  /** The first of what it wrote to standard error. */
  complaint: string
}

/** A program that runs. */
export interface StartedProgram {
  readonly pid: number
  readonly ended: Promise<Ending>
  /** Ends it at once. Idempotent. */
  kill(): void
}

/** Starts a program. @throws errors of spawn(2), `ENOENT` */
export type StartProgram = (start: ProgramStart) => Promise<StartedProgram>

const mostComplaint = 500

/** Starts it from this thread, which stands still until the program has begun. */
export const startHere: StartProgram = ({ file, args, stdin, stdout }) => {
  const child = spawn(file, args, { stdio: [stdin, stdout, 'pipe'], env: plainEnvironment() })
  const ended = endingOf(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve({ pid: child.pid!, ended, kill: () => void child.kill('SIGKILL') }))
  })
}

function endingOf(child: ChildProcess): Promise<Ending> {
  let complaint = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, mostComplaint)
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, complaint })))
}
