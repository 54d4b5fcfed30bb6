import type { OutputChunk } from '../../engine/contract/index.ts'

/** Characters of a line that are shown. */
const maxLine = 8 * 1024

/** Splits chunks into lines per stream. A line may span chunks, and the streams alternate. */
export function createLineSplitter(): { push(chunk: OutputChunk): ['stdout' | 'stderr', string][] } {
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
      return parts.map((text) => [stream === 'stderr' ? 'stderr' : 'stdout', text.replace(/\r$/, '').slice(0, maxLine)])
    },
  }
}
