import { EngineError } from '../../errors/index.ts'

/** A part of a zstd stream: bytes of a frame, and whether the frame ends with them. */
export interface FramePart {
  bytes: Uint8Array
  last: boolean
}

const magic = 0xfd2fb528
const skippableMagic = 0x184d2a50
/** The longest head of a frame (RFC 8878, 3.1.1): magic, descriptor, window, dictionary and size. */
const maxHead = 18

/**
 * Cuts a zstd stream where its frames end, leaving out skippable ones (RFC 8878, 3.1.1 and 3.1.2): Node's decoder stops after the
 * first frame, and zstd:chunked and parallel compressors write many. Holds no more than a frame's head.
 * @throws LayerInvalid for what is no zstd, or ends within a frame
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<FramePart, void, undefined> {
  let step: Step = { kind: 'frame' }
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of source) {
    const bytes: Buffer =
      held.length > 0 ? Buffer.concat([held, piece]) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    let from = 0
    let at = 0
    for (;;) {
      const next = advance(step, bytes, at)
      if (next === undefined) break
      const skipping: boolean = step.kind === 'skip'
      step = next.step
      if (next.end) {
        yield { bytes: bytes.subarray(from, next.at), last: true }
        from = next.at
      } else if (step.kind === 'skip' || skipping) from = next.at
      at = next.at
    }
    // Complete data is passed on; a partial head is held back.
    if (step.kind !== 'frame' && at > from) yield { bytes: bytes.subarray(from, at), last: false }
    held = Buffer.from(bytes.subarray(at))
  }
  if (held.length > 0 || step.kind !== 'frame')
    throw new EngineError('LayerInvalid', 'The compressed data is damaged: it is cut short.')
}

type Step =
  /** A frame begins. */
  | { kind: 'frame' }
  /** Bytes of a block, or of a checksum, that are skipped; then `after`. */
  | { kind: 'body'; left: number; checksum: boolean; after: 'block' | 'checksum' | 'end' }
  | { kind: 'block'; checksum: boolean }
  /** Bytes of a skippable frame. */
  | { kind: 'skip'; left: number }

interface Advance {
  step: Step
  at: number
  /** A frame has ended here. */
  end?: boolean
}

/** One step, or `undefined` if more bytes are needed. */
function advance(step: Step, bytes: Buffer, at: number): Advance | undefined {
  const there = bytes.length - at
  if (there <= 0 && !(step.kind === 'body' && step.left === 0)) return undefined
  switch (step.kind) {
    case 'frame':
      return beginFrame(bytes, at)
    case 'block':
      return there < 3 ? undefined : beginBlock(bytes.readUIntLE(at, 3), step.checksum, at + 3)
    case 'skip': {
      const taken = Math.min(step.left, there)
      const left = step.left - taken
      return { step: left > 0 ? { kind: 'skip', left } : { kind: 'frame' }, at: at + taken }
    }
    case 'body': {
      const taken = Math.min(step.left, there)
      const left = step.left - taken
      if (left > 0) return { step: { ...step, left }, at: at + taken }
      return afterBody(step, at + taken)
    }
  }
}

function afterBody({ after, checksum }: Extract<Step, { kind: 'body' }>, at: number): Advance {
  if (after === 'block') return { step: { kind: 'block', checksum }, at }
  if (after === 'checksum') return { step: { kind: 'body', left: 4, checksum, after: 'end' }, at }
  return { step: { kind: 'frame' }, at, end: true }
}

function beginFrame(bytes: Buffer, at: number): Advance | undefined {
  if (bytes.length - at < 8) return undefined
  const mark = bytes.readUInt32LE(at)
  if ((mark & 0xfffffff0) >>> 0 === skippableMagic) {
    const left = bytes.readUInt32LE(at + 4)
    return { step: left > 0 ? { kind: 'skip', left } : { kind: 'frame' }, at: at + 8 }
  }
  if (mark !== magic) throw new EngineError('LayerInvalid', 'The compressed data is damaged: a zstd frame was expected.')
  const descriptor = bytes[at + 4]!
  const single = (descriptor & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][descriptor & 3]!
  const sizeFlag = descriptor >> 6
  const size = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag
  const head = 5 + (single ? 0 : 1) + dictionary + size
  if (head > maxHead || bytes.length - at < head) return undefined
  return { step: { kind: 'block', checksum: (descriptor & 4) !== 0 }, at: at + head }
}

function beginBlock(head: number, checksum: boolean, at: number): Advance {
  const last = (head & 1) === 1
  const type = (head >> 1) & 3
  if (type === 3) throw new EngineError('LayerInvalid', 'The compressed data is damaged: a zstd block is of no known type.')
  const left = type === 1 ? 1 : head >> 3
  return { step: { kind: 'body', left, checksum, after: last ? (checksum ? 'checksum' : 'end') : 'block' }, at }
}
