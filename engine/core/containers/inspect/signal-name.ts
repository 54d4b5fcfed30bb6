import { constants } from 'node:os'

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number as number, name]))
/** Where the C library's real-time signals begin; the kernel's first two are its own. */
const firstRealTime = 34
const lastRealTime = 64

/** `SIGTERM` for 15, `SIGRTMIN+3` for 37; the number itself for one without a name. */
export function signalName(signal: number): string {
  if (signal >= firstRealTime && signal <= lastRealTime)
    return signal === firstRealTime ? 'SIGRTMIN' : `SIGRTMIN+${signal - firstRealTime}`
  return names.get(signal) ?? String(signal)
}
