import { collectGarbage } from '../../lib/collect-garbage.ts'
import { trimMemory } from '../../lib/sys/index.ts'

/** What it works with; the process itself, but in tests. */
export interface Memory {
  /** Resident memory in bytes. */
  resident(): number
  /** Milliseconds of processor time that it has used. */
  worked(): number
  /** Gives back what is not needed: it blocks for some ten milliseconds. */
  give(): void
}

/** Milliseconds without a request that begins or ends. */
const idleTime = 3_000
/** Processor time in which it is idle all the same. More is something that goes on, such as a pull, and others would wait beside it. */
const idleWork = 150
/** Bytes that it must have grown by since the last time. */
const worthIt = 8 * 1024 * 1024

const ownMemory: Memory = {
  resident: () => process.memoryUsage.rss(),
  worked() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  give() {
    collectGarbage()
    trimMemory()
  },
}

/**
 * Gives a service's memory back after large answers, once it is idle: V8 collects by what is allocated, so that without requests it keeps
 * what is free for good. Call `touch` whenever a request begins or ends.
 */
export function relieveWhenIdle(memory: Memory = ownMemory): { touch(): void; stop(): void } {
  let least = memory.resident()
  let timer: NodeJS.Timeout | undefined
  const after = (work: () => void): void => {
    clearTimeout(timer)
    const before = memory.worked()
    const begin = (): void => (memory.worked() - before > idleWork ? after(work) : work())
    timer = setTimeout(begin, idleTime).unref()
  }
  // V8 keeps the pages that a collection has emptied until the next one.
  const relieveAgain = (): void => {
    memory.give()
    least = memory.resident()
  }
  const relieve = (): void => {
    if (memory.resident() < least + worthIt) return
    memory.give()
    after(relieveAgain)
  }
  return {
    touch: () => after(relieve),
    stop: () => clearTimeout(timer),
  }
}
