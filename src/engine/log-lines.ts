import type { OutputChunk } from '../../engine/contract/index.ts'

/** Characters of a line that are shown. */
const maxLine = 8 * 1024

type Line = ['stdout' | 'stderr', string]

/** Splits chunks into lines per stream. */
export interface LineSplitter {
  push(chunk: OutputChunk): Line[]
  /** What came after the last line's end, when no more comes. */
  rest(): Line[]
}

/** Creates one for lines of so many characters at most. A line may span chunks, and the streams alternate. */
export function createLineSplitter(longest = maxLine): LineSplitter {
  const open = new Map<OutputChunk['stream'], { decoder: TextDecoder; text: string }>()
  const lineOf = (stream: OutputChunk['stream'], text: string): Line => [
    stream === 'stderr' ? 'stderr' : 'stdout',
    text.replace(/\r$/, '').slice(0, longest),
  ]
  return {
    push({ stream, data }) {
      const state = open.get(stream) ?? { decoder: new TextDecoder(), text: '' }
      open.set(stream, state)
      const parts = (state.text + state.decoder.decode(data, { stream: true })).split('\n')
      state.text = parts.pop()!
      // A line without end must not fill the memory.
      if (state.text.length > longest) {
        parts.push(state.text)
        state.text = ''
      }
      return parts.map((text) => lineOf(stream, text))
    },
    rest: () => [...open].flatMap(([stream, { text }]) => (text === '' ? [] : [lineOf(stream, text)])),
  }
}
