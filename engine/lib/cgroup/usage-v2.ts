import { keyedNumber, readNumber, readSmallFile } from './small-file.ts'
import type { Pressure, PressureLine, Reading, Usage } from './usage-shape.ts'

/** A version 2 group's use (kernel documentation, admin-guide/cgroup-v2). */
export function readUsageV2(folder: string, { read, brief }: Reading): Usage | null {
  const cpu = read(`${folder}/cpu.stat`)
  if (cpu === undefined) return null
  const memoryUsage = readNumber(`${folder}/memory.current`, read)
  const inactive = memoryUsage === undefined ? undefined : keyedNumber(read(`${folder}/memory.stat`), 'inactive_file')
  const io = sumIo(read(`${folder}/io.stat`))
  return {
    cpuNanos: nanos(keyedNumber(cpu, 'usage_usec')) ?? 0,
    cpuUserNanos: nanos(keyedNumber(cpu, 'user_usec')),
    cpuSystemNanos: nanos(keyedNumber(cpu, 'system_usec')),
    throttledPeriods: keyedNumber(cpu, 'nr_throttled'),
    throttledNanos: nanos(keyedNumber(cpu, 'throttled_usec')),
    memoryUsage,
    memoryBytes: memoryUsage === undefined ? undefined : Math.max(0, memoryUsage - (inactive ?? 0)),
    memoryLimit: readNumber(`${folder}/memory.max`, read),
    oomKills: memoryUsage === undefined || brief ? undefined : keyedNumber(read(`${folder}/memory.events`), 'oom_kill'),
    pids: readNumber(`${folder}/pids.current`, read),
    pidsLimit: brief ? undefined : readNumber(`${folder}/pids.max`, read),
    ioReadBytes: io?.read,
    ioWriteBytes: io?.written,
  }
}

function nanos(micros: number | undefined): number | undefined {
  return micros === undefined ? undefined : micros * 1000
}

/** `io.stat`: a line for each device, `8:0 rbytes=1 wbytes=2 rios=… dbytes=…`. */
function sumIo(text: string | undefined): { read: number; written: number } | undefined {
  if (text === undefined) return undefined
  let read = 0
  let written = 0
  for (const [, direction, bytes] of text.matchAll(/ ([rw])bytes=(\d+)/g)) {
    if (direction === 'r') read += Number(bytes)
    else written += Number(bytes)
  }
  return { read, written }
}

/** The group's pressure files; `undefined` where the kernel was built or started without PSI. */
export function readPressure(folder: string): Usage['psi'] {
  const read = (name: string) => parsePressure(readSmallFile(`${folder}/${name}.pressure`))
  const [cpu, memory, io] = [read('cpu'), read('memory'), read('io')]
  return cpu || memory || io ? { cpu, memory, io } : undefined
}

function parsePressure(text: string | undefined): Pressure | undefined {
  const lines: { some?: PressureLine; full?: PressureLine } = {}
  for (const line of text?.split('\n') ?? []) {
    const found = /^(some|full) avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)/.exec(line)
    if (!found) continue
    const [avg10, avg60, avg300, total] = found.slice(2).map(Number) as [number, number, number, number]
    lines[found[1] as 'some' | 'full'] = { avg10, avg60, avg300, total }
  }
  return lines.some ? { some: lines.some, ...(lines.full ? { full: lines.full } : {}) } : undefined
}
