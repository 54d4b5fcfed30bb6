import { closeSync, openSync, readSync } from 'node:fs'

import type { CgroupPaths } from '../lib/cgroup/index.ts'

/** The counters of one container's group, with its files kept open: reading again costs a third of opening again. */
export interface OpenCounters {
  /** Nanoseconds of CPU time since the group was made; undefined once it is gone. */
  cpuNanos(): number | undefined
  /** Bytes, with the page cache. */
  memory(): number | undefined
  /** Bytes of file pages that the kernel can reclaim immediately. */
  reclaimable(): number | undefined
  /** Bytes read from and written to block devices. */
  io(): { read: number; write: number } | undefined
  /** Closes the files. */
  close(): void
}

/** Where all files are read into: nothing is made for a reading, since hundreds a second would keep the garbage collector busy. */
const buffer = Buffer.alloc(16 * 1024)

/** A file that is read again and again from its start (kernfs makes its content at each read). */
class CounterFile {
  #fd: number | undefined

  constructor(path: string | undefined) {
    try {
      if (path !== undefined) this.#fd = openSync(path, 'r')
    } catch {
      // This kernel, or this group, does not have it.
    }
  }

  /** Reads it into {@link buffer}. @returns how many bytes; -1 for a file that is not there, or whose group is gone. */
  read(): number {
    if (this.#fd === undefined) return -1
    try {
      return readSync(this.#fd, buffer, 0, buffer.length, 0)
    } catch {
      return -1
    }
  }

  /** The number after `key` at the start of a line, or the number that the file begins with. */
  number(key?: Buffer): number | undefined {
    const length = this.read()
    if (length < 0) return undefined
    const at = key === undefined ? 0 : startOf(key, length)
    return at < 0 ? undefined : numberAt(at, length)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

const keys = {
  usage: Buffer.from('usage_usec '),
  inactive: Buffer.from('inactive_file '),
  totalInactive: Buffer.from('total_inactive_file '),
}

/** Opens the counters of a group of either version; files that are missing read as undefined. */
export function openCounters({ mode, folders }: CgroupPaths): OpenCounters {
  const v2 = mode === 'v2'
  const of = (controller: string, file: string) => {
    const folder = folders[controller]
    return new CounterFile(folder === undefined ? undefined : `${folder}/${file}`)
  }
  const cpu = v2 ? of('unified', 'cpu.stat') : of('cpuacct', 'cpuacct.usage')
  const memory = v2 ? of('unified', 'memory.current') : of('memory', 'memory.usage_in_bytes')
  const stat = v2 ? of('unified', 'memory.stat') : of('memory', 'memory.stat')
  const io = v2 ? of('unified', 'io.stat') : of('blkio', 'blkio.throttle.io_service_bytes_recursive')
  return {
    cpuNanos: () => (v2 ? times(cpu.number(keys.usage), 1000) : cpu.number()),
    memory: () => memory.number(),
    reclaimable: () => stat.number(v2 ? keys.inactive : keys.totalInactive),
    io: () => sumIo(io.read(), v2),
    close: () => [cpu, memory, stat, io].forEach((file) => file.close()),
  }
}

const times = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor)

/** Where the text after `key` begins, which stands at the start of a line; -1 without it. */
function startOf(key: Buffer, length: number): number {
  for (let at = buffer.indexOf(key); at !== -1 && at < length; at = buffer.indexOf(key, at + 1))
    if (at === 0 || buffer[at - 1] === lineFeed) return at + key.length
  return -1
}

const lineFeed = 0x0a

function numberAt(from: number, length: number): number | undefined {
  let value = 0
  let at = from
  for (; at < length; at += 1) {
    const digit = buffer[at]! - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return at === from ? undefined : value
}

/** `8:0 rbytes=1 wbytes=2 …`, or of version 1 `8:0 Read 1`. */
function sumIo(length: number, v2: boolean): { read: number; write: number } | undefined {
  if (length < 0) return undefined
  const sum = { read: 0, write: 0 }
  const text = buffer.toString('latin1', 0, length)
  for (const [, direction, bytes] of text.matchAll(v2 ? / ([rw])bytes=(\d+)/g : / (Read|Write) (\d+)/g))
    sum[direction!.toLowerCase().startsWith('r') ? 'read' : 'write'] += Number(bytes)
  return sum
}
