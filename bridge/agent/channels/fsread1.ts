import { ProblemError, problemOf } from '../../protocol/index.ts'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Channel, type Payload, pump } from '../channel.ts'
import { fileTag } from '../file-tag.ts'
import { numberOption, pathOption } from './options.ts'

const defaultLimit = 16 * 1024 * 1024

/** `fsread1`: a file's content, and in the `close` the tag of what was read (`-` where there is no file). */
export const fsread1: Payload = (channel) => {
  const path = pathOption(channel.open)
  const limit = numberOption(channel.open, 'max_read_size', defaultLimit, 0, Number.MAX_SAFE_INTEGER)
  read(channel, path, limit).catch((error: unknown) => {
    if (problemOf(error) === 'not-found') {
      channel.done()
      channel.close({ tag: '-' })
      return
    }
    const { problem, message } = ProblemError.from(error)
    channel.close({ problem, message })
  })
  return {}
}

async function read(channel: Channel, path: string, limit: number): Promise<void> {
  // O_NONBLOCK: a FIFO must not block the agent.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const before = await file.stat({ bigint: true })
    if (before.isDirectory()) throw new ProblemError('not-supported', `"${path}" is a folder.`)
    if (Number(before.size) > limit) throw new ProblemError('too-large', `"${path}" is larger than ${limit} bytes.`)
    channel.ready()
    await send(channel, path, file, limit)
    const tag = fileTag(await file.stat({ bigint: true }))
    channel.done()
    channel.close(
      tag === fileTag(before) ? { tag } : { problem: 'change-conflict', message: `"${path}" changed while it was read.` },
    )
  } finally {
    await file.close()
  }
}

function send(channel: Channel, path: string, file: FileHandle, limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = createReadStream(path, { fd: file, autoClose: false, signal: channel.signal })
    let size = 0
    source.on('data', (data) => {
      size += data.length
      if (size > limit) source.destroy(new ProblemError('too-large', `"${path}" is larger than ${limit} bytes.`))
    })
    source.once('error', reject)
    pump(source, channel, resolve)
  })
}
