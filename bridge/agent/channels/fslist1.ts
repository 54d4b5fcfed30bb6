import { ProblemError } from '../../protocol/index.ts'
import { type Dir } from 'node:fs'
import { opendir } from 'node:fs/promises'
import type { Channel, Payload } from '../channel.ts'
import { pathOption } from './options.ts'

/** `fslist1`: one message per entry of a folder. Superseded by fsinfo, but older pages ask for it. */
export const fslist1: Payload = (channel) => {
  const path = pathOption(channel.open)
  if (channel.open['watch'] !== false) throw new ProblemError('not-supported', 'fslist1 does not watch; use fsinfo.')
  list(channel, path).catch((error: unknown) => {
    const { problem, message } = ProblemError.from(error)
    channel.close({ problem, message })
  })
  return {}
}

async function list(channel: Channel, path: string): Promise<void> {
  const folder: Dir = await opendir(path)
  channel.ready()
  for await (const entry of folder) {
    if (channel.signal.aborted) return
    const type = entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : 'special'
    if (!channel.send(JSON.stringify({ event: 'present', path: entry.name, type }))) await channel.drained()
  }
  channel.done()
  channel.close()
}
