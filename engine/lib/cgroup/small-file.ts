import { closeSync, openSync, readSync } from 'node:fs'

const buffer = Buffer.alloc(64 * 1024)

/**
 * The text of a kernel file, at most 64 KiB of it, or `undefined` if it cannot be read: a cgroup may end at any moment, and
 * not every kernel has every file. Half the system calls of `readFileSync`, since there is no size to ask for.
 */
export function readSmallFile(file: string): string | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, null))
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** How a kernel file is read: by {@link readSmallFile}, or by open descriptors. */
export type ReadFile = (file: string) => string | undefined

/**
 * Kernel files that are read again and again: each stays open, so that a reading is one system call instead of three. Only for files
 * that hold nothing else alive, as those of a cgroup. The owner disposes of it.
 */
export class KeptFiles {
  readonly #open = new Map<string, number>()

  /** As {@link readSmallFile}. */
  readonly read: ReadFile = (file) => {
    try {
      let fd = this.#open.get(file)
      if (fd === undefined) this.#open.set(file, (fd = openSync(file, 'r')))
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0))
    } catch {
      this.#close(file)
      return undefined
    }
  }

  #close(file: string): void {
    const fd = this.#open.get(file)
    this.#open.delete(file)
    if (fd !== undefined) closeSync(fd)
  }

  [Symbol.dispose](): void {
    for (const file of [...this.#open.keys()]) this.#close(file)
  }
}

/** The number a kernel file holds; `max` and what is not there are `undefined`. */
export function readNumber(file: string, read: ReadFile = readSmallFile): number | undefined {
  const text = read(file)
  if (text === undefined || text.startsWith('max')) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** The number after `key` at the start of a line of flat keyed text, as `memory.stat` has. */
export function keyedNumber(text: string | undefined, key: string): number | undefined {
  if (text === undefined) return undefined
  const prefix = `${key} `
  let at = text.startsWith(prefix) ? 0 : text.indexOf(`\n${prefix}`) + 1
  if (at === 0 && !text.startsWith(prefix)) return undefined
  at += prefix.length
  const end = text.indexOf('\n', at)
  const value = Number(text.slice(at, end < 0 ? undefined : end))
  return Number.isFinite(value) ? value : undefined
}
