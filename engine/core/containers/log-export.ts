import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'

import { streamLog } from '../logs/stream.ts'
import { timesOf } from '../logs/log-reader.ts'
import type { Verb } from '../verb.ts'
import { logFile } from './records/log-file.ts'

/** The log as text, from its beginning to where its end is when that is reached. */
export const logExport: Verb<'container.logExport'> = async (context, input, { signal }) => {
  const { since, until } = timesOf(input)
  const { file } = await logFile(context, input.name)
  const lines = streamLog({ file, stdout: true, stderr: true, timestamps: input.timestamps, since, until, signal })
  return input.gzip ? compressed(textOf(lines)) : textOf(lines)
}

async function* textOf(chunks: AsyncIterable<{ data: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { data } of chunks) yield data
}

async function* compressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false, highWaterMark: 256 * 1024 })
  const gzip = createGzip({ level: 6 })
  input.once('error', (error) => gzip.destroy(error))
  input.pipe(gzip)
  try {
    yield* gzip as AsyncIterable<Uint8Array>
  } finally {
    input.destroy()
    gzip.destroy()
  }
}
