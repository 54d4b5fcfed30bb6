import type { Random } from './random.ts'

/** What has broken readers before: ends of ranges, other types, names that objects have by themselves. */
const numbers = [0, -1, 1, 0.5, 255, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e21, 1e308, -0]
const words = [
  '',
  ' ',
  '\0',
  '\n',
  '\r\n',
  '..',
  '../../etc/passwd',
  '/',
  '//',
  '.',
  '-',
  '--',
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '\u2028',
  '\ud800',
  '\ufeff',
  '한국어',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'true',
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '99999999999999999999',
  '0x10',
  '01',
  '127.0.0.1:0',
  '[::1]:99999',
  'sha256:',
  `sha256:${'0'.repeat(64)}`,
  `sha256:${'F'.repeat(64)}`,
  'docker://',
  '@',
  ':',
  '=',
  ',',
  '*',
  '(a+)+$',
  '\u001b[2J',
]
const dictionary = words.filter((word) => word !== '').map((word) => Buffer.from(word))

/** Text that is hard to read. */
export function oddText(random: Random): string {
  if (random.chance(2)) return random.pick(words).repeat(random.below(1000))
  if (random.chance(5)) return '9'.repeat(random.below(500))
  if (random.chance(20)) return random.bytes(random.below(40)).toString('latin1')
  return random.pick(words) + (random.chance(30) ? random.pick(words) : '')
}

/** Any JSON value, mostly one that is not expected. */
export function oddValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 5 : 9)) {
    case 0:
      return random.pick([null, true, false])
    case 1:
      return random.pick(numbers)
    case 2:
    case 3:
      return oddText(random)
    case 4:
      return random.pick([[], {}])
    case 5:
      return Array.from({ length: random.below(random.chance(2) ? 1500 : 4) }, () => oddValue(random, depth + 3))
    case 6:
      return oddRecord(random, depth)
    case 7:
      return nested(random.below(200), random.chance(50))
    default:
      return { [random.pick(words)]: oddValue(random, depth + 1) }
  }
}

function oddRecord(random: Random, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (let count = random.below(4); count > 0; count--) own(record, oddText(random), oddValue(random, depth + 1))
  return record
}

function nested(depth: number, list: boolean): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = list ? [value] : { a: value }
  return value
}

/** As JSON.parse does, `__proto__` becomes a key like any other. */
function own(record: object, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}

/** A copy of a JSON value with some places of it changed. */
export function mutateJson<T>(random: Random, value: T): unknown {
  let copy: unknown = structuredClone(value)
  for (let changes = 1 + random.below(3); changes > 0; changes--) copy = changeOne(random, copy)
  return copy
}

function changeOne(random: Random, value: unknown): unknown {
  if (typeof value === 'string' && random.chance(60)) return mutateText(random, value)
  if (typeof value !== 'object' || value === null || random.chance(10)) return oddValue(random)
  if (Array.isArray(value)) {
    const list = value as unknown[]
    const at = random.below(list.length + 1)
    if (at === list.length || random.chance(15)) return [...list, oddValue(random)]
    if (random.chance(15)) return list.toSpliced(at, 1)
    if (random.chance(10)) return [...list, ...list]
    return list.with(at, changeOne(random, list[at]))
  }
  return changeRecord(random, value)
}

function changeRecord(random: Random, value: object): object {
  const copy: Record<string, unknown> = {}
  for (const [key, each] of Object.entries(value)) own(copy, key, each)
  const key = random.pick(Object.keys(value).concat(random.pick(words)))
  const before: unknown = Object.hasOwn(copy, key) ? copy[key] : undefined
  const action = random.below(10)
  if (action === 0) delete copy[key]
  else if (action === 1) own(copy, random.pick(words), before)
  else if (action === 2) own(copy, key.toUpperCase(), oddValue(random))
  else own(copy, key, before === undefined ? oddValue(random) : changeOne(random, before))
  return copy
}

/** A JSON document with changed values, and now and then one that is no JSON, or says something twice. */
export function mutateDocument(random: Random, value: unknown): Buffer {
  const changed = mutateJson(random, value)
  let text = JSON.stringify(changed) ?? 'null'
  if (random.chance(10))
    text = text.replace(/[{,]("(?:[^"\\]|\\.)*":)/, (found, key: string) => `${found}${random.below(99)},${key}`)
  const bytes = Buffer.from(text)
  return random.chance(20) ? mutateBytes(random, bytes) : bytes
}

/** Text with a few changes. */
export function mutateText(random: Random, text: string): string {
  if (random.chance(10)) return oddText(random)
  return mutateBytes(random, Buffer.from(text)).toString(random.chance(50) ? 'utf8' : 'latin1')
}

/** Bytes with a few changes: bits flipped, pieces lost, doubled, moved, cut, replaced by words of the dictionary and by numbers. */
export function mutateBytes(random: Random, seedBytes: Uint8Array): Buffer {
  let bytes: Buffer = Buffer.from(seedBytes)
  for (let changes = 1 + random.below(4); changes > 0; changes--) bytes = mutateOnce(random, bytes)
  return bytes
}

function mutateOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1)
  const size = Math.min(bytes.length - at, random.below(random.chance(20) ? 600 : 16))
  const splice = (middle: Uint8Array, skip = 0): Buffer =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(at + skip)])
  switch (random.below(9)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.below(8)
      return bytes
    case 1:
      if (at < bytes.length) bytes[at] = random.pick([0, 1, 0x0a, 0x20, 0x2f, 0x30, 0x39, 0x7f, 0x80, 0xff])
      return bytes
    case 2:
      return splice(Buffer.alloc(0), size)
    case 3:
      return splice(bytes.subarray(at, at + size))
    case 4:
      return splice(random.bytes(random.below(9)))
    case 5:
      return splice(random.pick(dictionary), random.chance(50) ? size : 0)
    case 6:
      return bytes.subarray(0, at)
    case 7:
      return splice(Buffer.from(String(random.pick(numbers))), size)
    default:
      return splice(Buffer.alloc(random.below(64), random.pick([0, 0x30, 0x5b, 0x7b, 0xff])))
  }
}

/** Bytes in pieces of any size, as a connection brings them. */
export function inPieces(random: Random, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(random.chance(30) ? 4 : bytes.length)
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
