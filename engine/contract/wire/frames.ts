import { EngineError } from '../../errors/index.ts'
import type { OutputChunk } from '../operation.ts'

const names = ['stdin', 'stdout', 'stderr'] as const

/** A chunk behind its 8-byte header: stream number, three zeros, length (Docker's attach protocol). */
export function encodeFrame(chunk: OutputChunk): Uint8Array {
  const frame = new Uint8Array(8 + chunk.data.length)
  frame[0] = names.indexOf(chunk.stream)
  new DataView(frame.buffer).setUint32(4, chunk.data.length)
  frame.set(chunk.data, 8)
  return frame
}

/**
 * The chunks behind 8-byte headers. A long frame is passed on in the chunks in which it arrived, so nothing is buffered.
 *
 * @throws EngineError `EngineUnreachable` if the bytes are no frames, or end inside one.
 */
export async function* decodeFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<OutputChunk, void, undefined> {
  const header = new Uint8Array(8)
  let have = 0
  let left = 0
  let stream: OutputChunk['stream'] = 'stdout'
  for await (let bytes of source) {
    while (bytes.length > 0) {
      if (left > 0) {
        const data = bytes.subarray(0, left)
        left -= data.length
        bytes = bytes.subarray(data.length)
        yield { stream, data }
        continue
      }
      const part = bytes.subarray(0, 8 - have)
      header.set(part, have)
      have += part.length
      bytes = bytes.subarray(part.length)
      if (have < 8) continue
      have = 0
      left = new DataView(header.buffer).getUint32(4)
      stream = streamOf(header)
    }
  }
  if (left > 0 || have > 0) throw new EngineError('EngineUnreachable', 'The connection ended in the middle of the output.')
}

function streamOf(header: Uint8Array): OutputChunk['stream'] {
  const name = names[header[0] ?? 255]
  if (name !== undefined && header[1] === 0 && header[2] === 0 && header[3] === 0) return name
  throw new EngineError('EngineUnreachable', 'The engine sent output that is not in frames, as its answer said it would be.')
}
