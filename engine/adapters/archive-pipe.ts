import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../errors/index.ts'
import { plainEnvironment } from '../lib/process/exec.ts'
import { watchSource } from '../lib/files/watched-source.ts'

export interface PipeOptions {
  /** The program's task, for messages: `ssh to host`. */
  what: string
  /** Ends the program. */
  signal?: AbortSignal | undefined
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const maxText = 64 * 1024

/** A program's output. It ends with the program; leaving the iteration kills the program. @throws ProgramFailed, Cancelled */
export async function* readFromProgram(argv: readonly string[], options: PipeOptions): AsyncGenerator<Uint8Array> {
  const { child, ended } = begin(argv, options)
  child.stdin.end()
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer
    await ended
  } finally {
    await finish(child, ended)
  }
}

/** Writes `bytes` to a program and waits for it. @returns what it printed, bounded. @throws ProgramFailed, Cancelled, what `bytes` throws */
export async function writeToProgram(
  argv: readonly string[],
  bytes: AsyncIterable<Uint8Array>,
  options: PipeOptions,
): Promise<string> {
  const { child, ended } = begin(argv, options)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (printed.length < maxText) printed += text
  })
  const watched = watchSource(bytes)
  try {
    // When the program ends early its stderr says why; unwritten input does not matter.
    await pipeline(Readable.from(watched.bytes, { objectMode: false }), child.stdin).catch(() => child.stdin.destroy())
    const fault = watched.fault()
    if (fault) throw fault.error
    await ended
    return printed
  } finally {
    await finish(child, ended)
  }
}

function begin(
  [program = '', ...args]: readonly string[],
  { what, signal }: PipeOptions,
): { child: Child; ended: Promise<void> } {
  const { SSH_AUTH_SOCK, SSH_ASKPASS, DISPLAY } = process.env
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: plainEnvironment({ SSH_AUTH_SOCK, SSH_ASKPASS, DISPLAY }),
    ...(signal ? { signal, killSignal: 'SIGTERM' } : {}),
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxText)
  })
  const ended = (async () => {
    try {
      const [code] = (await once(child, 'close')) as [number | null]
      if (code === 0) return
      const words = stderr.trim().split('\n').slice(-3).join(' ')
      throw new EngineError('ProgramFailed', `${what} failed: ${words || `it ended with ${code ?? 'a signal'}`}`)
    } catch (error) {
      if (signal?.aborted) throw new EngineError('Cancelled', `${what} was cancelled.`, { cause: error })
      throw EngineError.from(error)
    }
  })()
  ended.catch(() => {})
  return { child, ended }
}

async function finish(child: Child, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  await ended.catch(() => {})
}
