import { FileBody } from 'cockpit-ts-bridge/client'

import { EngineError } from '../../../engine/errors/index.ts'
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

/** Uploads files one after another; `send` uploads one and returns the resulting names. */
export async function sendAll(
  store: WritableStore<readonly Upload[]>,
  send: (body: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
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
}

/** An empty list of uploads. */
export const createUploads = (): WritableStore<readonly Upload[]> => createStore<readonly Upload[]>([])
