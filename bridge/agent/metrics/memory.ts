import { readFileSync } from 'node:fs'
import type { Put } from './put.ts'

/** Memory from /proc/meminfo, proc(5). Used is total − available. */
export function readMemory(put: Put, text = readFileSync('/proc/meminfo', 'latin1')): void {
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  put('memory.total', '', bytes('MemTotal'))
  put('memory.free', '', bytes('MemFree'))
  put('memory.used', '', bytes('MemTotal') - bytes('MemAvailable'))
  put('memory.cached', '', bytes('Buffers') + bytes('Cached'))
  put('memory.swap-used', '', bytes('SwapTotal') - bytes('SwapFree'))
}
