import { readFileSync } from 'node:fs'
import type { Put } from './put.ts'

/** Bytes received and sent per interface from /proc/net/dev, proc(5). */
export function readNetwork(put: Put, text = readFileSync('/proc/net/dev', 'latin1')): void {
  for (const line of text.split('\n')) {
    const match = /^\s*([^:\s]+):\s*(\d+)(?:\s+\d+){7}\s+(\d+)/.exec(line)
    if (match === null) continue
    put('network.interface.rx', match[1]!, Number(match[2]))
    put('network.interface.tx', match[1]!, Number(match[3]))
  }
}
