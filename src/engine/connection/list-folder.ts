import type { Bridge } from 'cockpit-ts-bridge/client'

import { EngineError } from '../../../engine/errors/index.ts'
import type { FolderEntry } from './backend.ts'

/** Entries of a folder that are read; the others are left out. */
const maxEntries = 5000

/** Reads a folder of the host as the user, over a channel of Cockpit's. Rejects with an EngineError. */
export function listFolder(bridge: Bridge, path: string, signal: AbortSignal): Promise<readonly FolderEntry[]> {
  const answer = Promise.withResolvers<readonly FolderEntry[]>()
  const entries: FolderEntry[] = []
  const channel = bridge.channel(
    { payload: 'fslist1', path, watch: false },
    {
      data: (data) => {
        const entry = readEntry(data)
        if (entry) entries.push(entry)
        if (entries.length < maxEntries) return
        answer.resolve(entries)
        channel.close()
      },
      close: ({ problem, message }) => {
        if (problem === undefined) answer.resolve(entries)
        else answer.reject(new EngineError('NotFound', message ?? `${path}: ${problem}`))
      },
    },
  )
  signal.addEventListener('abort', () => channel.close('cancelled'), { once: true })
  return answer.promise
}

function readEntry(data: string | Uint8Array): FolderEntry | undefined {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
  const { event, path, type } = JSON.parse(text) as Record<string, unknown>
  return event === 'present' && typeof path === 'string' && typeof type === 'string' ? { name: path, type } : undefined
}
