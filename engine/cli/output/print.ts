import { createWriteStream, openSync, writeSync } from 'node:fs'

import { UsageError } from '../parse/usage-error.ts'

/** What is done when an output cannot be written to; it does not return. */
type Failed = (error: NodeJS.ErrnoException) => never

interface Output {
  descriptor: number
  open: () => NodeJS.WriteStream
  stream?: NodeJS.WriteStream
}

/** Node makes a stream of an output when it is first asked for, which costs a command 2 ms, and 6 where it is a pipe. */
const standard: Output = { descriptor: 1, open: () => process.stdout }
const errors: Output = { descriptor: 2, open: () => process.stderr }

let failed: Failed = (error) => {
  throw error
}

/** Says what happens when standard output cannot be written to. Errors of standard error are nobody's to tell. */
export function whenOutputFails(handler: Failed): void {
  failed = handler
}

/** Sends what is written to standard output to a file instead. @throws UsageError where it cannot be written */
export function redirectOutput(file: string): void {
  try {
    standard.descriptor = openSync(file, 'w')
  } catch (error) {
    throw new UsageError(`unable to create output: ${(error as Error).message}`)
  }
  const { descriptor } = standard
  standard.open = () => createWriteStream(file, { fd: descriptor }) as unknown as NodeJS.WriteStream
}

/** Writes to standard output. */
export const print = (text: string | Uint8Array): void => write(standard, text)

/** Writes to standard error. */
export const printError = (text: string): void => write(errors, text)

/** Standard output as a stream: for what asks whether it is a terminal, or writes more than its reader takes at once. */
export const stdout = (): NodeJS.WriteStream => streamOf(standard)

/** Standard error as a stream. */
export const stderr = (): NodeJS.WriteStream => streamOf(errors)

/** Calls `done` once all is written: what a pipe's reader has not taken yet would be lost at the end of the process. */
export function whenWritten(done: () => void): void {
  const unwritten = [standard, errors].flatMap(({ stream }) => (stream && stream.writableLength > 0 ? [stream] : []))
  let left = unwritten.length
  if (left === 0) return done()
  for (const stream of unwritten) stream.write('', () => --left === 0 && done())
}

function streamOf(output: Output): NodeJS.WriteStream {
  if (output.stream) return output.stream
  output.stream = output.open()
  if (output === standard) output.stream.on('error', failed)
  return output.stream
}

/** Straight to the descriptor while nothing waits in a stream; what a full pipe does not take goes to the stream, which waits. */
function write(output: Output, text: string | Uint8Array): void {
  let rest = typeof text === 'string' ? Buffer.from(text) : text
  if (rest.length === 0) return
  try {
    while (!output.stream && rest.length > 0) rest = rest.subarray(writeSync(output.descriptor, rest))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
      if (output === standard) failed(error as NodeJS.ErrnoException)
      return
    }
  }
  if (rest.length > 0) streamOf(output).write(rest)
}
