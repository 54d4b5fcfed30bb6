import type { LogLine } from './log-source.ts'

/** Lines of a page of the cache, and pages that are kept: what a person has scrolled over lately. */
export const pageLines = 200
const maxPages = 60

interface Page {
  lines: (LogLine | undefined)[]
  /** Its marks are those of another search. */
  stale: boolean
}

/** A bounded cache of a log's lines by their numbers. */
export interface LinePages {
  get(number: number): LogLine | undefined
  set(from: number, lines: readonly LogLine[]): void
  /** The first part of a range that is not here, at most a page of it. */
  missing(from: number, to: number): { from: number; count: number } | undefined
  /** Keeps lines for the eye only: they are loaded again. */
  expire(): void
  clear(): void
}

/** Creates an empty cache. */
export function createLinePages(): LinePages {
  const pages = new Map<number, Page>()
  const touch = (key: number): Page => {
    const page = pages.get(key) ?? { lines: [], stale: false }
    pages.delete(key)
    pages.set(key, page)
    for (const oldest of pages.keys()) {
      if (pages.size <= maxPages) break
      pages.delete(oldest)
    }
    return page
  }
  const isHere = (number: number) => {
    const page = pages.get(Math.floor(number / pageLines))
    return page !== undefined && !page.stale && page.lines[number % pageLines] !== undefined
  }
  return {
    get: (number) => pages.get(Math.floor(number / pageLines))?.lines[number % pageLines],
    set(from, lines) {
      lines.forEach((line, index) => {
        const page = touch(Math.floor((from + index) / pageLines))
        // What came before the search changed has other marks.
        if (page.stale) Object.assign(page, { lines: [], stale: false })
        page.lines[(from + index) % pageLines] = line
      })
    },
    missing(from, to) {
      for (let number = from; number < to; number += 1) {
        if (isHere(number)) continue
        const pageEnd = (Math.floor(number / pageLines) + 1) * pageLines
        return { from: number, count: Math.max(1, Math.min(to, pageEnd) - number) }
      }
      return undefined
    },
    expire: () => pages.forEach((page) => (page.stale = true)),
    clear: () => pages.clear(),
  }
}
