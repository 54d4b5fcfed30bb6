import { EngineError } from '../errors/index.ts'

/** What a frame says of its stream. */
export const frameKinds = { open: 0, data: 1, end: 2, reset: 3, credit: 4 } as const
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

/** One frame: nine bytes of head (stream, kind, length), then the payload. */
export interface Frame {
  stream: number
  kind: FrameKind
  payload: Buffer
}

const headSize = 9

/** Bytes of payload at which a frame is refused. */
export const maxPayload = 64 * 1024

/** The wire form of a frame. */
export function encodeFrame(stream: number, kind: FrameKind, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const frame = Buffer.allocUnsafe(headSize + payload.length)
  frame.writeUInt32BE(stream, 0)
  frame.writeUInt8(kind, 4)
  frame.writeUInt32BE(payload.length, 5)
  frame.set(payload, headSize)
  return frame
}

/** A credit frame: the peer may send so many bytes more. */
export function encodeCredit(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(bytes, 0)
  return encodeFrame(stream, frameKinds.credit, payload)
}

/** Cuts a byte stream into frames. @throws EngineError `Internal` for what is none; the stream is lost then. */
export function createFrameReader(): (chunk: Buffer) => Generator<Frame> {
  let held: Buffer = Buffer.alloc(0)
  return function* push(chunk) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    while (held.length >= headSize) {
      const kind = held.readUInt8(4)
      const size = held.readUInt32BE(5)
      if (kind > frameKinds.credit || size > maxPayload || (kind === frameKinds.credit && size !== 4)) {
        throw new EngineError('Internal', 'The connection between agent and engine carried something that is no frame.')
      }
      if (held.length < headSize + size) return
      const frame = { stream: held.readUInt32BE(0), kind: kind as FrameKind, payload: held.subarray(headSize, headSize + size) }
      held = held.subarray(headSize + size)
      yield frame
    }
  }
}
