import type { Engine, OutputChunk } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { createStore, type Store } from '../../engine/store.ts'

/** One line of a container's output. */
export interface LogLine {
  readonly number: number
  readonly stream: OutputChunk['stream']
  readonly text: string
}

/** A log as far as it has been read; `ended` at its end. */
export interface Log {
  readonly lines: readonly LogLine[]
  readonly ended: boolean
  readonly error: EngineError | undefined
}

/** Lines that are kept; older ones are dropped. */
export const maxLines = 5000
const maxLine = 16 * 1024
/** Milliseconds between two changes of the store. */
const pause = 80

/** Splits chunks into lines per stream. A line may span chunks, and the streams alternate. */
export function createLineSplitter(): {
  push(chunk: OutputChunk): [OutputChunk['stream'], string][]
  rest(): [OutputChunk['stream'], string][]
} {
  const open = new Map<OutputChunk['stream'], { decoder: TextDecoder; text: string }>()
  return {
    push({ stream, data }) {
      const state = open.get(stream) ?? { decoder: new TextDecoder(), text: '' }
      open.set(stream, state)
      const parts = (state.text + state.decoder.decode(data, { stream: true })).split('\n')
      state.text = parts.pop()!
      // A line without end must not fill the memory.
      if (state.text.length > maxLine) {
        parts.push(state.text)
        state.text = ''
      }
      return parts.map((text) => [stream, text.replace(/\r$/, '').slice(0, maxLine)])
    },
    rest: () => [...open].filter(([, { text }]) => text !== '').map(([stream, { text }]) => [stream, text]),
  }
}

/** Reads and follows a container's log while it is subscribed to. A new `attempt` reads it again. */
export function createLog(
  engine: Pick<Engine, 'container.logs'>,
  name: string,
  options: { timestamps: boolean; attempt?: number },
): Store<Log> {
  const store = createStore<Log>({ lines: [], ended: false, error: undefined }, { start, linger: 0 })

  function start(): () => void {
    const stop = new AbortController()
    store.set({ lines: [], ended: false, error: undefined })
    void read(stop.signal)
    return () => stop.abort()
  }

  async function read(signal: AbortSignal): Promise<void> {
    const splitter = createLineSplitter()
    let lines: LogLine[] = []
    let count = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (changes: Partial<Log> = {}) => {
      clearTimeout(timer)
      timer = undefined
      if (!signal.aborted) store.set({ ...store.get(), lines: lines.slice(), ...changes })
    }
    const add = (found: [OutputChunk['stream'], string][]) => {
      for (const [stream, text] of found) lines.push({ number: (count += 1), stream, text })
      if (lines.length > maxLines) lines = lines.slice(-maxLines)
      timer ??= setTimeout(show, pause)
    }
    try {
      const chunks = await engine['container.logs'](
        { name, follow: true, stdout: true, stderr: true, tail: String(maxLines), timestamps: options.timestamps },
        { signal },
      )
      for await (const chunk of chunks) add(splitter.push(chunk))
      add(splitter.rest())
      show({ ended: true })
    } catch (error) {
      show({ error: EngineError.from(error), ended: true })
    }
  }

  return { get: store.get, subscribe: store.subscribe }
}
