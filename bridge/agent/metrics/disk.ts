import { existsSync, readFileSync } from 'node:fs'
import type { Put } from './put.ts'

const sector = 512

/** Bytes read and written per disk from /proc/diskstats, proc(5). Partitions are left out, as their disk holds them. */
export function readDisk(
  put: Put,
  text = readFileSync('/proc/diskstats', 'latin1'),
  isDisk = (name: string) => existsSync(`/sys/block/${name}`),
): void {
  let read = 0
  let written = 0
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const name = fields[2]
    if (name === undefined || !isDisk(name)) continue
    const [bytesRead, bytesWritten] = [Number(fields[5]) * sector, Number(fields[9]) * sector]
    put('disk.dev.read', name, bytesRead)
    put('disk.dev.written', name, bytesWritten)
    // Mapped and assembled devices are made of others that are counted already.
    if (/^(dm-|md|loop|zram|ram)/.test(name)) continue
    read += bytesRead
    written += bytesWritten
  }
  put('disk.all.read', '', read)
  put('disk.all.written', '', written)
}
