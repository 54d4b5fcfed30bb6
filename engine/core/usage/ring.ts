import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/** One measurement: percent of one core and bytes of working set. */
export interface Sample {
  cpu: number
  memory: number
}

/** What a ring holds: `slots` points, `step` seconds apart. */
export interface Resolution {
  step: number
  slots: number
}

/** 15 minutes by the second, a day by 15 seconds, 30 days by five minutes. Each step is a multiple of the one before. */
export const resolutions = [
  { step: 1, slots: 900 },
  { step: 15, slots: 5760 },
  { step: 300, slots: 8640 },
] as const satisfies readonly Resolution[]

/** The coarsest resolution is never older than this, in seconds. */
export const longestHistory = 30 * 86_400

const magic = 'BERTHRING1\n'
const headerBytes = 1024
/** u32 tick, f32 cpu, f32 memory, u32 check: 16 bytes never straddle a page, so a crash leaves a slot old or new. */
const slotBytes = 16
const checkSeed = 0x9e3779b9

/** The most a ring file takes, in bytes. */
export const ringFileBytes = headerBytes + resolutions.reduce((sum, { slots }) => sum + slots * slotBytes, 0)

/** The name a ring file is for, or `null` if it is not a ring file of this version. */
export function readRingName(file: string): string | null {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return null
  }
  try {
    const header = Buffer.alloc(headerBytes)
    readSync(fd, header, 0, headerBytes, 0)
    if (header.toString('latin1', 0, magic.length) !== magic) return null
    const length = header.readUInt16LE(magic.length)
    return length > headerBytes - magic.length - 2 ? null : header.toString('utf8', magic.length + 2, magic.length + 2 + length)
  } finally {
    closeSync(fd)
  }
}

/**
 * Records `sample` for the second `now` (whole seconds since the epoch), making the file where it is missing; the coarser
 * rings get the mean of what was recorded in their current step so far.
 * Only one process may write a file at a time; any number may read meanwhile.
 */
export function recordSample(file: string, name: string, now: number, sample: Sample): void {
  const fd = openRing(file, name)
  try {
    writeSlot(fd, 0, now, sample)
    for (let ring = 1; ring < resolutions.length; ring++) condense(fd, ring, Math.floor(now / resolutionAt(ring).step))
  } finally {
    closeSync(fd)
  }
}

/**
 * The points of one ring from `first` to `last`, both ticks (seconds divided by the step); `null` where none was recorded.
 */
export function readRing(file: string, ring: number, first: number, last: number): (Sample | null)[] {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return Array.from({ length: last - first + 1 }, () => null)
  }
  try {
    return readSlots(fd, ring, first, last)
  } finally {
    closeSync(fd)
  }
}

/** Writes the mean of the finer ring's points within `tick`. Stateless, so that a restarted sampler goes on where it was. */
function condense(fd: number, ring: number, tick: number): void {
  const ratio = resolutionAt(ring).step / resolutionAt(ring - 1).step
  const points = readSlots(fd, ring - 1, tick * ratio, tick * ratio + ratio - 1).filter((point) => point !== null)
  writeSlot(fd, ring, tick, { cpu: mean(points.map((point) => point.cpu)), memory: mean(points.map((point) => point.memory)) })
}

function openRing(file: string, name: string): number {
  try {
    const fd = openSync(file, 'r+')
    if (fstatSync(fd).size >= headerBytes) return fd
    closeSync(fd)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const fd = openSync(file, 'w+', 0o600)
  const text = Buffer.from(name)
  const header = Buffer.alloc(headerBytes)
  header.write(magic, 'latin1')
  header.writeUInt16LE(text.length, magic.length)
  text.copy(header, magic.length + 2)
  writeSync(fd, header, 0, headerBytes, 0)
  return fd
}

function writeSlot(fd: number, ring: number, tick: number, sample: Sample): void {
  const slot = Buffer.alloc(slotBytes)
  slot.writeUInt32LE(tick, 0)
  slot.writeFloatLE(sample.cpu, 4)
  slot.writeFloatLE(sample.memory, 8)
  slot.writeUInt32LE(checkOf(slot, 0), 12)
  writeSync(fd, slot, 0, slotBytes, slotOffset(ring, tick))
}

function readSlots(fd: number, ring: number, first: number, last: number): (Sample | null)[] {
  const { slots } = resolutionAt(ring)
  const count = Math.min(last - first + 1, slots)
  const points: (Sample | null)[] = []
  const buffer = Buffer.alloc(count * slotBytes)
  const begin = ((first % slots) + slots) % slots
  const untilWrap = Math.min(count, slots - begin)
  readSync(fd, buffer, 0, untilWrap * slotBytes, slotOffset(ring, first))
  if (untilWrap < count) readSync(fd, buffer, untilWrap * slotBytes, (count - untilWrap) * slotBytes, slotOffset(ring, 0))
  for (let i = 0; i < count; i++) points.push(slotAt(buffer, i * slotBytes, first + i))
  return points
}

function slotAt(buffer: Buffer, offset: number, tick: number): Sample | null {
  if (buffer.readUInt32LE(offset) !== tick || buffer.readUInt32LE(offset + 12) !== checkOf(buffer, offset)) return null
  return { cpu: buffer.readFloatLE(offset + 4), memory: buffer.readFloatLE(offset + 8) }
}

function checkOf(buffer: Buffer, offset: number): number {
  return (buffer.readUInt32LE(offset) ^ buffer.readUInt32LE(offset + 4) ^ buffer.readUInt32LE(offset + 8) ^ checkSeed) >>> 0
}

function slotOffset(ring: number, tick: number): number {
  const before = resolutions.slice(0, ring).reduce((sum, { slots }) => sum + slots, 0)
  const { slots } = resolutionAt(ring)
  return headerBytes + (before + (((tick % slots) + slots) % slots)) * slotBytes
}

function resolutionAt(ring: number): Resolution {
  return resolutions[ring] ?? resolutions[0]
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
