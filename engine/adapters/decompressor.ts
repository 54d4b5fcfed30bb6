import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { EngineError } from '../errors/index.ts'
import { plainEnvironment, requireProgram } from '../lib/process/exec.ts'
import { watchSource } from '../lib/files/watched-source.ts'

/** Formats that Node cannot read; the distribution's program of that name does (packages xz-utils and bzip2). */
export type ForeignCompression = 'xz' | 'bzip2'

/** A stream says itself how much memory its decoder needs: up to 4 GiB. What `xz -9` writes needs 65 MiB. */
const options = { xz: ['--memlimit-decompress=512MiB'], bzip2: [] } as const

/**
 * The plain bytes of an xz or bzip2 stream, through `xz -d -c` or `bzip2 -d -c`. Leaving the iteration ends the process.
 * @throws ProgramMissing; LayerInvalid when the data is damaged or cut short; what `source` throws is passed on.
 */
export async function* decompressWithProgram(
  kind: ForeignCompression,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = spawn(requireProgram(kind), [...options[kind], '-d', '-c'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: plainEnvironment(),
  })
  const exited = once(child, 'close') as Promise<[number | null, string | null]>
  exited.catch(() => {})
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, 500)
  })
  const watched = watchSource(source)
  const feeding = pipeline(Readable.from(watched.bytes, { objectMode: false, highWaterMark: 256 * 1024 }), child.stdin).catch(
    () => {
      // Either the source failed, which is kept, or the program ended early, which its exit code tells.
      if (watched.fault()) child.kill('SIGKILL')
    },
  )
  try {
    for await (const piece of child.stdout) yield piece as Buffer
    await feeding
    const [code] = await exited
    const fault = watched.fault()
    if (fault) throw fault.error
    if (code !== 0) {
      const reason = stderr.trim().split('\n')[0] || `${kind} ended with ${code}`
      throw new EngineError('LayerInvalid', `The compressed data is damaged: ${reason}.`)
    }
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited.catch(() => {})
  }
}
