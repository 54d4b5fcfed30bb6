import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

import { EngineError } from '../errors/index.ts'
import { atExit } from '../lib/process/at-exit.ts'
import { which } from '../lib/process/exec.ts'
import { type ExitResult, startHere, type StartProgram } from './start-program.ts'
import { openPipe } from '../lib/sys/index.ts'

/** Plain bytes on their way out of something compressed. The caller closes it. */
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

export interface InflateOptions {
  /** Called with each chunk that is no longer needed. */
  used?: (piece: Uint8Array) => void
  /** Starts the program; by default from this thread. */
  start?: StartProgram
}

/**
 * Inflates in a separate process: on another core than the reader, and isolated from what a damaged stream may do.
 * @param source the compressed bytes, or the descriptor of a file that holds nothing else and is read from where it stands.
 */
export function startInflating(
  { file, args }: InflateProgram,
  source: number | AsyncIterable<Uint8Array>,
  { used = () => {}, start = startHere }: InflateOptions = {},
): Inflating {
  const output = openPipe(pipeBytes)
  const input = typeof source === 'number' ? undefined : openInput(output)
  const starting = start({ file, args, stdin: input?.read ?? (source as number), stdout: output.write }).finally(() => {
    // The program has its own: what it closes has to end.
    closeSync(output.write)
    if (input) closeSync(input.read)
  })
  let closed = false
  let fault: { error: unknown } | undefined
  const kill = (): void => void starting.then((program) => program.kill()).catch(() => {})
  const feed = async (): Promise<void> => {
    try {
      if (input) await writeAll(input.to, source as AsyncIterable<Uint8Array>, used)
    } catch (error) {
      fault = { error }
      kill()
    } finally {
      input?.to.destroySoon()
    }
  }
  const fed = feed()
  const finish = async (): Promise<void> => {
    const program = await starting
    // Otherwise the reader of the output would block the exit for ever.
    const unregister = atExit(() => process.kill(program.pid, 'SIGKILL'))
    const ending = await program.ended.finally(unregister)
    if (fault) throw fault.error
    if (ending.code === 0) return fed
    if (ending.code !== null || !closed) throw damaged(file, ending)
  }
  const done = finish()
  done.catch(() => {})
  return {
    output: output.read,
    done,
    async close() {
      if (closed) return
      closed = true
      kill()
      // Only now: a closed pipe would look like a failure.
      await done.catch(() => {})
      closeSync(output.read)
    },
  }
}

/** A pipe into a program. Of its ends, `read` is the caller's to close. @param other is closed when there are no more descriptors. */
function openInput(other: { read: number; write: number }): { read: number; to: Socket } {
  try {
    const { read, write } = openPipe()
    const to = new Socket({ fd: write, readable: false, writable: true })
    // The program's end reports that the reader has gone; the last write may fail after that.
    to.on('error', () => {})
    return { read, to }
  } catch (error) {
    closeSync(other.read)
    closeSync(other.write)
    throw error
  }
}

/**
 * Inflates a file straight into another, both read and written from where they stand: nothing passes through this process.
 * @throws LayerInvalid, what `signal` was aborted with; the program has ended then
 */
export async function inflateInto({ file, args }: InflateProgram, from: number, to: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const program = await startHere({ file, args, stdin: from, stdout: to })
  const unregister = atExit(program.kill)
  signal.addEventListener('abort', program.kill, { once: true })
  if (signal.aborted) program.kill()
  try {
    const ending = await program.ended
    signal.throwIfAborted()
    if (ending.code !== 0) throw damaged(file, ending)
  } finally {
    signal.removeEventListener('abort', program.kill)
    unregister()
  }
}

/** Writes all chunks, two at a time, and ends the stream; stops once the reader has gone. @throws what the source throws */
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

/** The failure of a compressed stream, as the program tells it. */
function damaged(file: string, { code, stderr }: ExitResult): EngineError {
  const reason = stderr.trim().split('\n')[0] || `${file} ended with ${code}`
  return new EngineError('LayerInvalid', `The compressed data is damaged: ${reason}.`)
}
