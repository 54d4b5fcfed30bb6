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

  /** The bytes read, in a buffer that the next read fills again. */
  read(): Buffer | undefined {
    if (this.#fd === undefined) return undefined
    try {
      return buffer.subarray(0, readSync(this.#fd, buffer, 0, buffer.length, 0))
    } catch {
      return undefined // The group is gone.
    }
  }

  /** The number after `key` at the start of a line, or the number that is all of the file. */
  number(key = ''): number | undefined {
    const bytes = this.read()
    if (bytes === undefined) return undefined
    const at = key === '' ? 0 : startOf(bytes, key)
    return at === undefined ? undefined : numberAt(bytes, at)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
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
    cpuNanos: () => (v2 ? times(cpu.number('usage_usec '), 1000) : cpu.number()),
    memory: () => memory.number(),
    reclaimable: () => stat.number(v2 ? 'inactive_file ' : 'total_inactive_file '),
    io: () => sumIo(io.read()?.toString('latin1'), v2),
    close: () => [cpu, memory, stat, io].forEach((file) => file.close()),
  }
}

const times = (value: number | undefined, factor: number) => (value === undefined ? undefined : value * factor)

function startOf(bytes: Buffer, key: string): number | undefined {
  for (let at = bytes.indexOf(key); at !== -1; at = bytes.indexOf(key, at + 1))
    if (at === 0 || bytes[at - 1] === 0x0a) return at + key.length
  return undefined
}

function numberAt(bytes: Buffer, from: number): number | undefined {
  let value = 0
  let at = from
  for (; at < bytes.length; at += 1) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return at === from ? undefined : value
}

/** `8:0 rbytes=1 wbytes=2 …`, or of version 1 `8:0 Read 1`. */
function sumIo(text: string | undefined, v2: boolean): { read: number; write: number } | undefined {
  if (text === undefined) return undefined
  const sum = { read: 0, write: 0 }
  for (const [, direction, bytes] of text.matchAll(v2 ? / ([rw])bytes=(\d+)/g : / (Read|Write) (\d+)/g))
    sum[direction!.toLowerCase().startsWith('r') ? 'read' : 'write'] += Number(bytes)
  return sum
}
