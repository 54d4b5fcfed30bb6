import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'

import { meanSample, type Sample, sampleFields } from './sample.ts'

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

/** A sample with its whole second since the epoch. */
export interface Recorded {
  second: number
  sample: Sample
}

const magic = 'BERTHRING2\n'
const headerBytes = 1024
/** u32 tick, f32 for each field, u32 check: 32 bytes never straddle a page, so a crash leaves a slot old or new. */
const slotBytes = 32
const checkAt = slotBytes - 4
const checkSeed = 0x9e3779b9

/** The maximum size of a ring file in bytes. Files are sparse: a container that lived for a minute takes five pages. */
export const ringFileBytes = headerBytes + resolutions.reduce((sum, { slots }) => sum + slots * slotBytes, 0)

/** The key a ring file is for, or `null` if it is not a ring file of this version. */
export function readRingKey(file: string): string | null {
  const fd = openToRead(file)
  if (fd === undefined) return null
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
 * Records samples, oldest first, making the file where it is missing; the coarser rings get the mean of what was recorded in their
 * steps so far. Only one process may write a file at a time; any number may read meanwhile.
 */
export function recordSamples(file: string, key: string, samples: readonly Recorded[]): void {
  if (samples.length === 0) return
  const fd = openRing(file, key)
  try {
    writeSlots(fd, 0, samples)
    for (let ring = 1; ring < resolutions.length; ring++) {
      const { step } = resolutionAt(ring)
      for (const tick of new Set(samples.map(({ second }) => Math.floor(second / step)))) condense(fd, ring, tick)
    }
  } finally {
    closeSync(fd)
  }
}

/** The points of one ring from `first` to `last`, both ticks (seconds divided by the step); `null` where none was recorded. */
export function readRing(file: string, ring: number, first: number, last: number): (Sample | null)[] {
  const fd = openToRead(file)
  if (fd === undefined) return Array.from({ length: last - first + 1 }, () => null)
  try {
    return readSlots(fd, ring, first, last)
  } finally {
    closeSync(fd)
  }
}

function openToRead(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch {
    return undefined
  }
}

/** Writes the mean of the finer ring's points within `tick`. Stateless, so that a restarted recorder goes on where it was. */
function condense(fd: number, ring: number, tick: number): void {
  const ratio = resolutionAt(ring).step / resolutionAt(ring - 1).step
  const points = readSlots(fd, ring - 1, tick * ratio, tick * ratio + ratio - 1).filter((point) => point !== null)
  writeSlots(fd, ring, [{ second: tick, sample: meanSample(points) }])
}

function openRing(file: string, key: string): number {
  try {
    const fd = openSync(file, 'r+')
    if (fstatSync(fd).size >= headerBytes) return fd
    closeSync(fd)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const fd = openSync(file, 'w+', 0o600)
  const text = Buffer.from(key).subarray(0, headerBytes - magic.length - 2)
  const header = Buffer.alloc(headerBytes)
  header.write(magic, 'latin1')
  header.writeUInt16LE(text.length, magic.length)
  text.copy(header, magic.length + 2)
  writeSync(fd, header, 0, headerBytes, 0)
  return fd
}

/** Writes slots of ticks that follow each other with one call. */
function writeSlots(fd: number, ring: number, samples: readonly Recorded[]): void {
  const { slots } = resolutionAt(ring)
  for (let at = 0; at < samples.length;) {
    const first = samples[at]!.second
    let end = at + 1
    while (end < samples.length && samples[end]!.second === first + end - at && (first + end - at) % slots !== 0) end += 1
    const buffer = Buffer.alloc((end - at) * slotBytes)
    for (let index = at; index < end; index++) putSlot(buffer, (index - at) * slotBytes, samples[index]!)
    writeSync(fd, buffer, 0, buffer.length, slotOffset(ring, first))
    at = end
  }
}

function putSlot(buffer: Buffer, offset: number, { second, sample }: Recorded): void {
  buffer.writeUInt32LE(second, offset)
  for (const [index, field] of sampleFields.entries()) buffer.writeFloatLE(sample[field], offset + 4 + index * 4)
  buffer.writeUInt32LE(checkOf(buffer, offset), offset + checkAt)
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
  if (buffer.readUInt32LE(offset) !== tick || buffer.readUInt32LE(offset + checkAt) !== checkOf(buffer, offset)) return null
  return {
    cpu: buffer.readFloatLE(offset + 4),
    memory: buffer.readFloatLE(offset + 8),
    rx: buffer.readFloatLE(offset + 12),
    tx: buffer.readFloatLE(offset + 16),
    read: buffer.readFloatLE(offset + 20),
    write: buffer.readFloatLE(offset + 24),
  }
}

function checkOf(buffer: Buffer, offset: number): number {
  let check = checkSeed
  // Rotated, so that equal fields do not cancel each other out.
  for (let at = 0; at < checkAt; at += 4) check = ((check << 5) | (check >>> 27)) ^ buffer.readInt32LE(offset + at)
  return check >>> 0
}

function slotOffset(ring: number, tick: number): number {
  const before = resolutions.slice(0, ring).reduce((sum, { slots }) => sum + slots, 0)
  const { slots } = resolutionAt(ring)
  return headerBytes + (before + (((tick % slots) + slots) % slots)) * slotBytes
}

function resolutionAt(ring: number): Resolution {
  return resolutions[ring] ?? resolutions[0]
}
