import { useMemo } from 'react'

import type { OutputChunk } from '../../../engine/contract/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { saveLog } from '../../ui/logs/container-download.ts'
import type { LogDownloader } from '../../ui/logs/log-download.tsx'
import { linesOf, type StampedLine } from '../../ui/logs/log-tail.ts'
import type { LogMember } from '../../ui/logs/recent-log.ts'

/** Characters of a line in a file; a longer one goes on in the next. */
const longestLine = 1024 * 1024
/** Characters that are written at once. */
const batch = 64 * 1024

/** Downloads the logs of several containers as one, in the order of their times; each line begins with its container's name. */
export function usePodDownload(members: readonly Required<LogMember>[]): LogDownloader {
  const { engine } = useEngine()
  return useMemo(
    () => ({
      gzip: 'CompressionStream' in globalThis,
      start: async ({ gzip, timestamps, ...times }, fileName) => {
        const common = { ...times, follow: false, stdout: true, stderr: true, timestamps: true }
        const open = async () => {
          const logs = await Promise.all(
            members.map(async ({ id, writer }) => ({
              name: writer.name,
              chunks: await engine['container.logs']({ ...common, name: id }),
            })),
          )
          const bytes = encode(mergeLogs(logs, timestamps))
          return gzip ? compressed(bytes) : bytes
        }
        await saveLog(open, fileName)
      },
    }),
    [engine, members],
  )
}

interface Log {
  readonly name: string
  readonly chunks: AsyncIterable<OutputChunk>
}

/** The lines of several logs in the order of their times. Only one of each is held at a time. */
export async function* mergeLogs(logs: readonly Log[], timestamps: boolean): AsyncGenerator<string> {
  const readers = logs.map(({ name, chunks }) => ({ name, lines: singly(chunks) }))
  try {
    const heads = await Promise.all(readers.map(async ({ name, lines }) => ({ name, lines, line: await next(lines) })))
    for (;;) {
      let first: ((typeof heads)[number] & { line: StampedLine }) | undefined
      for (const head of heads) if (head.line && (!first || head.line.at < first.line.at)) first = head as typeof first
      if (!first) return
      const { time, text } = first.line
      yield `${first.name} ${timestamps && time !== '' ? `${time} ` : ''}${text}\n`
      Object.assign(first, { line: await next(first.lines) })
    }
  } finally {
    await Promise.all(readers.map(async ({ lines }) => lines.return(undefined)))
  }
}

async function next(lines: AsyncGenerator<StampedLine>): Promise<StampedLine | undefined> {
  const { value, done } = await lines.next()
  return done ? undefined : value
}

async function* singly(chunks: AsyncIterable<OutputChunk>): AsyncGenerator<StampedLine> {
  for await (const lines of linesOf(chunks, true, longestLine)) yield* lines
}

async function* encode(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let text = ''
  for await (const line of lines) {
    text += line
    if (text.length < batch) continue
    yield encoder.encode(text)
    text = ''
  }
  if (text !== '') yield encoder.encode(text)
}

async function* compressed(bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new CompressionStream('gzip')
  const fed = feed(bytes, writable)
  // What fails there fails here when it is waited for.
  fed.catch(() => {})
  const reader = readable.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
    await fed
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function feed(bytes: AsyncIterable<Uint8Array<ArrayBuffer>>, to: WritableStream<BufferSource>): Promise<void> {
  const writer = to.getWriter()
  try {
    for await (const piece of bytes) await writer.write(piece)
    await writer.close()
  } catch (error) {
    await writer.abort(error)
    throw error
  }
}
