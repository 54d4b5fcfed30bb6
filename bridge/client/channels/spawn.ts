import { ProblemError } from '../../protocol/index.ts'
import type { ChannelOpener } from './channel.ts'
import { cancelled } from './http-request.ts'
import { openStream, problemOf } from './stream.ts'

/** How a program is run. */
export interface SpawnOptions {
  directory?: string
  environ?: string[]
  input?: string
  superuser?: 'require' | 'try'
  signal?: AbortSignal
}

/** The result of a program. */
export interface SpawnResult {
  /** 0 for success; negative: the signal that ended it. */
  exitStatus: number
  output: string
  /** Its standard error. */
  message: string
}

/** Characters of output that are kept. */
const maxOutput = 16 * 1024 * 1024

/** Runs a program to its end. Rejects with a ProblemError only where it could not be run, or was cancelled. */
export async function runProgram(bridge: ChannelOpener, spawn: string[], options: SpawnOptions = {}): Promise<SpawnResult> {
  const { input, signal, ...target } = options
  if (signal?.aborted) throw cancelled()
  const stream = openStream(bridge, { spawn, err: 'message', ...target })
  const abort = (): void => stream.close()
  signal?.addEventListener('abort', abort)
  try {
    if (input !== undefined) await stream.write(input)
    await stream.end()
    const decoder = new TextDecoder()
    let output = ''
    for await (const data of stream.output) {
      output += decoder.decode(data, { stream: true })
      if (output.length > maxOutput) throw new ProblemError('too-large', `"${spawn[0]}" wrote more than ${maxOutput} characters.`)
    }
    const close = await stream.closed
    const failure = signal?.aborted ? cancelled() : problemOf(close)
    if (failure !== undefined) throw failure
    return { exitStatus: Number(close['exit-status'] ?? 0), output: output + decoder.decode(), message: close.message ?? '' }
  } finally {
    signal?.removeEventListener('abort', abort)
    stream.close()
  }
}
