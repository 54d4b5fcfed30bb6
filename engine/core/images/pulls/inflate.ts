import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { findInflateProgram, type Inflating, pipeBytes, startInflating } from '../../../adapters/inflater.ts'
import { decompress, detectCompression } from '../../../image/index.ts'
import { atExit } from '../../../lib/process/at-exit.ts'
import type { StartProgram } from '../../../adapters/start-program.ts'
import { openPipe } from '../../../lib/sys/index.ts'
import { releaseBuffer } from '../../../registry/index.ts'
import type { GrowingFile } from './growing-file.ts'

/**
 * The plain bytes of a blob in the fastest way this host has, for a thread that reads them with blocking calls.
 * @throws what the file fails with before it has begun.
 */
export async function inflate(file: GrowingFile, findProgram = findInflateProgram, start?: StartProgram): Promise<Inflating> {
  const kind = detectCompression(await file.start(4))
  if (kind === 'none') return file.ended ? readPlain(file) : pipeThrough(file.read())
  const program = findProgram(kind)
  if (program === null) return pipeThrough(decompress(file.read()))
  return startInflating(program, file.ended ? file.fd : file.read(), { used: releaseBuffer, start })
}

/** The descriptor was not read before, so its position is at the beginning. */
function readPlain(file: GrowingFile): Inflating {
  return { output: file.fd, done: Promise.resolve(), close: async () => {} }
}

function pipeThrough(bytes: AsyncIterable<Uint8Array>): Inflating {
  const pipe = openPipe(pipeBytes)
  const closing = new AbortController()
  const { signal } = closing
  const into = new Socket({ fd: pipe.write, readable: false, writable: true })
  const unregister = atExit(() => into.destroy())
  const finish = async (): Promise<void> => {
    try {
      await pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: pipeBytes }), into, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  const done = finish()
  done.catch(() => {})
  return {
    output: pipe.read,
    done,
    async close() {
      if (signal.aborted) return
      closing.abort()
      await done.catch(() => {})
      unregister()
      closeSync(pipe.read)
    },
  }
}
