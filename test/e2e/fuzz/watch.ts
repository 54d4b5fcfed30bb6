import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { eventually, slowness } from '../../support/processes.ts'
import { pids } from '../../support/users.ts'

/** What a process has at a moment. */
interface Figures {
  /** Bytes of memory (resident, RssAnon alone: mapped files are no growth). */
  memory: number
  descriptors: number
  children: number
}

/** Processes that are to stay as they are, whatever is sent to them. */
export interface Watch {
  /**
   * Holds the processes against how they were when the watch began.
   * @throws AssertionError for one that ended, or holds more memory or descriptors than it may.
   */
  check(after: string): Promise<void>
  /** What each of them has now, for the log. */
  report(): string
}

/** Bytes that a process may have grown by: what Node keeps of its heap after thousands of requests, and no more. */
const maxGrowth = 192 * 1024 * 1024
/** Descriptors beside those it had: connections that are kept for a while. */
const maxDescriptors = 12

/** Watches processes by what they are called. */
export function watch(processes: Readonly<Record<string, number>>): Watch {
  const before = Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, figuresOf(pid)]))
  return {
    async check(after) {
      for (const [name, pid] of Object.entries(processes)) {
        const was = before[name]!
        expect(figuresOf(pid).memory, `${name} is gone after ${after}`).toBeGreaterThan(0)
        await eventually(
          `freeing of what ${after} opened in ${name} (${JSON.stringify([was, figuresOf(pid)])})`,
          () => figuresOf(pid).descriptors <= was.descriptors + maxDescriptors && figuresOf(pid).children <= was.children + 1,
          15_000,
        )
        expect(figuresOf(pid).memory - was.memory, `memory of ${name} after ${after}`).toBeLessThan(maxGrowth)
      }
    },
    report: () =>
      Object.entries(processes)
        .map(([name, pid]) => {
          const [was, is] = [before[name]!, figuresOf(pid)]
          return `${name} ${megabytes(was.memory)} → ${megabytes(is.memory)} MB, ${was.descriptors} → ${is.descriptors} descriptors`
        })
        .join('; '),
  }
}

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)

function figuresOf(pid: number): Figures {
  try {
    const memory = Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
    return { memory, descriptors: readdirSync(`/proc/${pid}/fd`).length, children: childrenOf(pid).length }
  } catch {
    return { memory: 0, descriptors: 0, children: 0 }
  }
}

function childrenOf(pid: number): number[] {
  return pids().filter((each) => parentOf(each) === pid)
}

/** The pid of a process's parent, as long as it lives. */
export function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** The words of a process's command line, with spaces between; nothing when it is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

/** All below a process, by the end of their command lines. @throws Error unless it is one. */
export function oneBelow(root: number, words: RegExp): number {
  const found = pids().filter((pid) => words.test(commandOf(pid)) && isBelow(pid, root))
  expect(found, `${words} below ${root}`).toHaveLength(1)
  return found[0]!
}

function isBelow(pid: number, root: number): boolean {
  for (let each = pid; each > 1; each = parentOf(each)) if (each === root) return true
  return false
}

/** Milliseconds in which an honest client has its answer, whatever others do: for a machine with other work, too. */
export const inTime = 10_000 * slowness
