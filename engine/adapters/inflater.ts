import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Writable } from 'node:stream'

import { EngineError } from '../errors/index.ts'
import { atExit } from '../lib/at-exit.ts'
import { plainEnvironment, which } from '../lib/exec.ts'
import { openPipe } from '../lib/sys.ts'

/** Plain bytes on their way out of something compressed. Whoever has it closes it. */
export interface Inflating {
  /** Where they come out, for reads that block; it ends when there are no more, or something failed. */
  readonly output: number
  /**
   * Settles when all has come out, or it was closed. @throws LayerInvalid when the data is damaged or cut short; what the source
   * throws
   */
  readonly done: Promise<void>
  /** Ends what still goes on, and closes `output`. Idempotent; throws nothing. */
  close(): Promise<void>
}

/** A program that inflates from standard input to standard output. */
export interface InflateProgram {
  file: string
  args: readonly string[]
}

/** Intel's igzip (package isal) inflates about four times as fast as zlib. */
const programs = { gzip: ['igzip', '-d', '-c'], zstd: ['zstd', '-d', '-c', '-q'] } as const

/** As much as the kernel gives to anyone: fewer switches between who inflates and who reads. */
export const pipeBytes = 1024 * 1024

/** The program of this host for a kind of compression; `null` without one. */
export function findInflateProgram(kind: 'gzip' | 'zstd'): InflateProgram | null {
  const [name, ...args] = programs[kind]
  const file = which(name)
  return file === null ? null : { file, args }
}

/**
 * Inflates in a process of its own, so on another core than what reads the output, and apart from what a damaged stream may do
 * to whoever inflates it.
 * @param source the compressed bytes, or the descriptor of a file that holds nothing else and is read from where it stands.
 * @param used is told of each piece that nobody needs any more.
 */
export function startInflating(
  { file, args }: InflateProgram,
  source: number | AsyncIterable<Uint8Array>,
  used: (piece: Uint8Array) => void = () => {},
): Inflating {
  const pipe = openPipe(pipeBytes)
  const child = spawnOn(file, args, typeof source === 'number' ? source : 'pipe', pipe)
  let complaint = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 500)
  })
  // Reported by `feed`; but the last write may fail after that has ended.
  child.stdin?.on('error', () => {})
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  // Whoever reads the output would else hold up an exit for ever.
  const forget = atExit(() => child.kill('SIGKILL'))
  let closed = false
  let fault: { error: unknown } | undefined
  const feed = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    try {
      await writeAll(child.stdin!, bytes, used)
    } catch (error) {
      fault = { error }
      child.kill('SIGKILL')
    }
  }
  const fed = typeof source === 'number' ? Promise.resolve() : feed(source)
  const finish = async (): Promise<void> => {
    const code = await exited
    if (fault) throw fault.error
    if (code === 0) return fed
    if (code !== null || !closed) throw damaged(complaint.trim().split('\n')[0] || `${file} ended with ${code}`)
  }
  const done = finish()
  done.catch(() => {})
  return {
    output: pipe.read,
    done,
    async close() {
      if (closed) return
      closed = true
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      // Only then: a closed pipe would look like a failure.
      await exited.catch(() => {})
      forget()
      closeSync(pipe.read)
    },
  }
}

/**
 * Inflates a file straight into another, both read and written from where they stand: nothing passes through this process.
 * @throws LayerInvalid, what `signal` was aborted with; the program has ended then
 */
export async function inflateInto({ file, args }: InflateProgram, from: number, to: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const child = spawn(file, args, { stdio: [from, to, 'pipe'], env: plainEnvironment() })
  let complaint = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 500)
  })
  const stop = (): void => void child.kill('SIGKILL')
  const forget = atExit(stop)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    signal.throwIfAborted()
    if (code !== 0) throw damaged(complaint.trim().split('\n')[0] || `${file} ended with ${code}`)
  } finally {
    signal.removeEventListener('abort', stop)
    forget()
  }
}

/** Writes all pieces, two at once, and ends the stream; nothing more once whoever reads has gone. @throws what the source throws */
async function writeAll(to: Writable, bytes: AsyncIterable<Uint8Array>, used: (piece: Uint8Array) => void): Promise<void> {
  let gone = false
  const write = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      to.write(piece, (error) => {
        if (error) gone = true
        else used(piece)
        resolve()
      })
    })
  let before = Promise.resolve()
  for await (const piece of bytes) {
    const writing = write(piece)
    await before
    if (gone) return
    before = writing
  }
  to.end()
}

function spawnOn(file: string, args: readonly string[], stdin: number | 'pipe', pipe: { read: number; write: number }) {
  try {
    return spawn(file, args, { stdio: [stdin, pipe.write, 'pipe'], env: plainEnvironment() })
  } catch (error) {
    closeSync(pipe.read)
    throw error
  } finally {
    closeSync(pipe.write)
  }
}

/** The failure of a compressed stream; `reason` says what was found. */
function damaged(reason: string): EngineError {
  return new EngineError('LayerInvalid', `The compressed data is damaged: ${reason}.`)
}
