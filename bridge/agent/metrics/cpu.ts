import { readFileSync } from 'node:fs'
import type { Put } from './put.ts'

/** Milliseconds per clock tick in /proc/stat: USER_HZ is 100 on every architecture Node runs on. */
const tick = 10

/** CPU time from /proc/stat, proc(5). */
export function readCpu(put: Put, text = readFileSync('/proc/stat', 'latin1')): void {
  for (const line of text.split('\n')) {
    const match = /^cpu(\d*)\s+(\d+) (\d+) (\d+) \d+ (\d+)/.exec(line)
    if (match === null) continue
    const [, core = '', user, nice, system, iowait] = match
    const group = core === '' ? 'cpu.basic' : 'cpu.core'
    put(`${group}.user`, core, Number(user) * tick)
    put(`${group}.nice`, core, Number(nice) * tick)
    put(`${group}.system`, core, Number(system) * tick)
    put(`${group}.iowait`, core, Number(iowait) * tick)
  }
}
