import { EngineError } from '../../engine/errors/index.ts'
import { createStore, type WritableStore } from '../lib/store.ts'

/** A file on its way into the store. Sizes are bytes. */
export interface Upload {
  readonly file: File
  readonly phase: 'waiting' | 'sending' | 'reading' | 'done' | 'failed'
  readonly sent: number
  /** What came of it: names of images. */
  readonly names: readonly string[]
  readonly error: EngineError | undefined
}

/** Makes one that has not begun. */
export const newUpload = (file: File): Upload => ({ file, phase: 'waiting', sent: 0, names: [], error: undefined })

const pause = 100

/** The bytes of a file as they are taken; `tell` is told how many have been, a few times a second. */
export async function* readFile(
  file: Blob,
  tell: (sent: number) => void,
  now: () => number = Date.now,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sent = 0
  let told = -Infinity
  const reader = file.stream().getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      yield value
      sent += value.length
      if (now() - told < pause) continue
      told = now()
      tell(sent)
    }
    tell(sent)
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/** Files that are sent one after another; `send` gives one to the engine and says what names came of it. */
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
      const body = readFile(file, (sent) => change({ sent, phase: sent < file.size ? 'sending' : 'reading' }))
      change({ phase: 'done', names: await send(body, signal) })
    } catch (error) {
      change({ phase: signal.aborted ? 'waiting' : 'failed', error: EngineError.from(error) })
    }
  }
}

/** A list of uploads that can be watched. */
export const createUploads = (): WritableStore<readonly Upload[]> => createStore<readonly Upload[]>([])
