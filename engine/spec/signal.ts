import { badValue } from './bad-value.ts'

/** Linux's, from 1 on (signal(7); the same on every architecture that Berth runs on). */
const names = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF ' +
  'WINCH IO PWR SYS'
).split(' ')
const otherNames: Record<string, number> = { IOT: 6, CLD: 17, POLL: 29 }

/** The C library keeps the kernel's first two real-time signals for itself. */
const firstRealTime = 34
const lastRealTime = 64
/** Up to here they are counted from the first one, and from the last one after it. */
const lastFromFirst = 49

/**
 * A signal's number from `TERM`, `SIGTERM`, `15`, `RTMIN+3` or a number.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function signalNumber(given: string | number): number {
  // Podman takes `-9`, as kill(1) does.
  const text = String(given).toUpperCase().replace(/^-/, '')
  const name = text.replace(/^SIG/, '')
  const named = /^\+?\d+$/.test(text) ? Number(text) : names.indexOf(name) + 1 || otherNames[name] || realTime(name)
  if (named === undefined || named < 1) throw badValue('invalid signal: {signal}', { signal: String(given) })
  if (named > lastRealTime) throw badValue('valid signals are 1 through 64', { signal: String(given) })
  return named
}

function realTime(name: string): number | undefined {
  const [, from, offset] = /^RT(MIN(?=\+|$)|MAX(?=-|$))(?:[+-]([1-9]\d?))?$/.exec(name) ?? []
  if (from === undefined) return undefined
  const steps = Number(offset ?? 0)
  if (from === 'MIN') return steps <= lastFromFirst - firstRealTime ? firstRealTime + steps : undefined
  return steps < lastRealTime - lastFromFirst ? lastRealTime - steps : undefined
}

/** `SIGTERM` for 15, `SIGRTMIN+3` for 37, `SIGRTMAX-1` for 63; the number itself for one without a name. */
export function signalName(signal: number): string {
  const name = names[signal - 1]
  if (name !== undefined) return `SIG${name}`
  if (signal < firstRealTime || signal > lastRealTime) return String(signal)
  const [from, steps] =
    signal <= lastFromFirst ? (['MIN+', signal - firstRealTime] as const) : (['MAX-', lastRealTime - signal] as const)
  return `SIGRT${steps === 0 ? from.slice(0, 3) : `${from}${steps}`}`
}
