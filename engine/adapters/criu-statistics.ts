import { readFile } from 'node:fs/promises'

/** What CRIU measured, in microseconds and pages, under podman's names. */
export type CriuStatistics = Record<string, number>

/** Of its messages `dump_stats_entry` (1) and `restore_stats_entry` (2), in images/stats.proto of CRIU: numbers of fields. */
const fields: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: {
    1: 'freezing_time',
    2: 'frozen_time',
    3: 'memdump_time',
    4: 'memwrite_time',
    5: 'pages_scanned',
    7: 'pages_written',
  },
  2: { 3: 'forking_time', 4: 'restore_time', 5: 'pages_restored' },
}
const largestFile = 4096
/** Two magic numbers and a length. */
const header = 12

/** The statistics in CRIU's file `stats-dump` or `stats-restore`; null where it left none, or none that can be read. */
export async function readCriuStatistics(file: string): Promise<CriuStatistics | null> {
  const data = await readFile(file).catch(() => undefined)
  if (!data || data.length < header || data.length > largestFile) return null
  const length = data.readUInt32LE(header - 4)
  return parseStatistics(data.subarray(header, header + length))
}

/** A message of protobuf with one message in it, whose fields are numbers. */
export function parseStatistics(data: Uint8Array): CriuStatistics | null {
  const reader = { data, at: 0 }
  const tag = varint(reader)
  const names = tag === undefined || (tag & 7) !== 2 ? undefined : fields[tag >> 3]
  const length = varint(reader)
  if (names === undefined || length === undefined || reader.at + length > data.length) return null
  const inner = { data: data.subarray(reader.at, reader.at + length), at: 0 }
  const found: CriuStatistics = Object.fromEntries(Object.values(names).map((name) => [name, 0]))
  while (inner.at < inner.data.length) {
    const field = varint(inner)
    const value = varint(inner)
    if (field === undefined || value === undefined || (field & 7) !== 0) return null
    const name = names[field >> 3]
    if (name !== undefined) found[name] = value
  }
  return found
}

function varint(reader: { data: Uint8Array; at: number }): number | undefined {
  let value = 0
  for (let shift = 0; shift < 50; shift += 7) {
    const byte = reader.data[reader.at]
    if (byte === undefined) return undefined
    reader.at += 1
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  return undefined
}
