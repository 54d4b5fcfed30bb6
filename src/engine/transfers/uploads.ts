import { FileBody } from 'cockpit-ts-bridge/client'

import { EngineError } from '../../../engine/errors/index.ts'
import { holdPage } from './leave-guard.ts'
import { createStore, type WritableStore } from '../store.ts'

/** A file upload. Sizes are bytes. */
export interface Upload {
  readonly file: File
  readonly phase: 'waiting' | 'sending' | 'reading' | 'done' | 'failed'
  readonly sent: number
  /** The result: names of images. */
  readonly names: readonly string[]
  readonly error: EngineError | undefined
}

/** An upload that has not started. */
export const newUpload = (file: File): Upload => ({ file, phase: 'waiting', sent: 0, names: [], error: undefined })

/**
 * Uploads files one after another; `send` uploads one and returns the resulting names. Until then the browser asks before the page
 * is left, which would end the upload.
 */
export async function sendAll(
  store: WritableStore<readonly Upload[]>,
  send: (body: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  const release = holdPage()
  try {
    for (const { file, phase } of store.get()) {
      if (phase === 'done' || signal.aborted) continue
      const change = (next: Partial<Upload>) =>
        store.set(store.get().map((each) => (each.file === file ? { ...each, ...next } : each)))
      change({ phase: 'sending', sent: 0, error: undefined })
      try {
        const body = new FileBody(file, (sent) => change({ sent, phase: sent < file.size ? 'sending' : 'reading' }))
        change({ phase: 'done', names: await send(body, signal) })
      } catch (error) {
        change({ phase: signal.aborted ? 'waiting' : 'failed', error: EngineError.from(error) })
      }
    }
  } finally {
    release()
  }
}

/** An empty list of uploads. */
export const createUploads = (): WritableStore<readonly Upload[]> => createStore<readonly Upload[]>([])

/** How much of all files has been uploaded, from 0 to 1. */
export function uploadedShare(uploads: readonly Upload[]): number {
  const total = uploads.reduce((sum, { file }) => sum + file.size, 0)
  const sent = uploads.reduce((sum, { file, phase, sent }) => sum + (phase === 'done' ? file.size : Math.min(sent, file.size)), 0)
  return total === 0 ? 0 : sent / total
}
