import { type FocusEvent, type RefCallback, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

import { covers, offsetsOf, type Piece, piecesOf, type Range, rangeBetween, towards } from './virtual-range.ts'
import { useSlots } from './use-slots.ts'

/** The rows of a table that are rendered: those in sight, some before and after them, and the one with the focus. */
export interface VirtualRows {
  readonly pieces: readonly Piece[]
  /** The place of each row that is rendered, by its key: what takes over the elements of a row that is gone has its place. */
  readonly slots: ReadonlyMap<string, number>
  /** For the element that holds the rows. */
  readonly body: RefCallback<HTMLElement>
  readonly onFocus: (event: FocusEvent) => void
  readonly onBlur: (event: FocusEvent) => void
}

/** Pixels above and below what is in sight that are rendered as well. */
const margin = 250
/** Rows rendered before anything is laid out, and where nothing ever is, as in tests without a browser. */
const withoutLayout = 25

/**
 * Renders only the rows in sight of whatever scrolls around them. Rows may have any height: it is measured once they are rendered.
 * Each is an element with `data-row`, its key.
 *
 * @param keys of all rows, in their order
 * @param estimate height of a row that was never rendered, in pixels
 */
export function useVirtualRows(keys: readonly string[], estimate: number): VirtualRows {
  const [body, setBody] = useState<HTMLElement | null>(null)
  const { heights, usual, measure } = useHeights(estimate)
  const [focused, setFocused] = useState<string>()
  const offsets = useMemo(() => offsetsOf(keys, heights, usual), [keys, usual, heights])
  const { range, look, follow, settle } = useRange(offsets)
  const measured = useRef<{ keys: readonly string[]; range: Range; body: HTMLElement | null }>(undefined)

  const update = useCallback(() => {
    if (!body) return
    measure(body)
    look(body)
  }, [body, measure, look])
  const scrolled = useCallback(() => void (body && follow(body)), [body, follow])

  // Rows that were rendered for the first time have a height only now, and others may be in sight with it.
  useLayoutEffect(() => {
    const last = measured.current
    measured.current = { keys, range, body }
    if (last?.keys !== keys || last.body !== body) update()
    else {
      // Otherwise the same rows were measured already: only the room of those that are not rendered changed, and asking for it costs a layout.
      if (last.range !== range && body) measure(body, true)
      settle()
    }
  }, [update, measure, settle, body, keys, offsets, range])
  useFollowing(body, update, scrolled)

  const pieces = useMemo(
    () => piecesOf(offsets, clamp(range, keys.length), focused === undefined ? [] : [keys.indexOf(focused)]),
    [offsets, range, keys, focused],
  )
  const rendered = useMemo(() => pieces.flatMap((piece) => ('gap' in piece ? [] : [keys[piece.index]!])), [pieces, keys])
  return {
    pieces,
    slots: useSlots(rendered, body, focused),
    body: setBody,
    onFocus: useCallback(({ target }: FocusEvent) => setFocused(rowOf(target)), []),
    onBlur: useCallback(({ relatedTarget }: FocusEvent) => setFocused(rowOf(relatedTarget)), []),
  }
}

interface Heights {
  /** Of rows that were rendered, in pixels. */
  readonly heights: ReadonlyMap<string, number>
  /** Of a row that is not among them: what they are on average. */
  readonly usual: number
  /** Looks at those that are rendered now; `added`: only at those that never were before. */
  readonly measure: (body: HTMLElement, added?: boolean) => void
}

/** Keeps the heights of rows; what depends on them is computed again only when one is not as high as was assumed. */
function useHeights(estimate: number): Heights {
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map())
  const usual = useMemo(() => averageOf(heights) ?? estimate, [heights, estimate])
  const measured = useRef(new Map<string, number>())
  const assumed = useRef({ heights, usual })
  assumed.current = { heights, usual }
  const measure = useCallback((body: HTMLElement, added = false) => {
    const { heights: known, usual: others } = assumed.current
    let changed = false
    for (const row of body.querySelectorAll<HTMLElement>('[data-row]')) {
      const key = row.dataset.row!
      if (added && measured.current.has(key)) continue
      const { height } = row.getBoundingClientRect()
      if (height <= 0) continue
      measured.current.set(key, height)
      changed ||= Math.abs((known.get(key) ?? others) - height) >= 0.5
    }
    if (changed) setHeights(new Map(measured.current))
  }, [])
  return { heights, usual, measure }
}

interface RangeInSight {
  readonly range: Range
  /** Finds out what is in sight. */
  readonly look: (body: HTMLElement) => void
  /** The same while it scrolls: more rows are rendered before they come into sight, a few with each frame. */
  readonly follow: (body: HTMLElement) => void
  /** Goes by what was found last. */
  readonly settle: () => void
}

/** Which rows are rendered. */
function useRange(offsets: Float64Array): RangeInSight {
  const [range, setRange] = useState<Range>({ first: 0, end: withoutLayout })
  const latest = useRef(offsets)
  latest.current = offsets
  const sight = useRef<Sight>(undefined)
  const boxes = useRef<readonly HTMLElement[]>([])
  const see = useMemo(() => {
    const settle = (scrolls: boolean) => {
      const seen = sight.current
      if (!seen) return
      const inSight = rangeBetween(latest.current, seen.top, seen.bottom)
      const wanted = rangeBetween(latest.current, seen.top - margin, seen.bottom + margin)
      setRange((old) => (covers(old, inSight, wanted) ? (scrolls ? towards(old, wanted) : old) : wanted))
    }
    const at = (body: HTMLElement, scrolls: boolean) => {
      // What scrolls around it is asked for only where something may have changed: that costs a style of each element above it.
      if (!scrolls || boxes.current.length === 0) boxes.current = scrollersOf(body)
      sight.current = sightOf(body, boxes.current)
      settle(scrolls)
    }
    return {
      look: (body: HTMLElement) => at(body, false),
      follow: (body: HTMLElement) => at(body, true),
      settle: () => settle(false),
    }
  }, [])
  return { range, ...see }
}

/** Calls `update` when an element or what scrolls around it changes its size, and `scrolled` when something scrolls there. */
function useFollowing(body: HTMLElement | null, update: () => void, scrolled: () => void): void {
  useEffect(() => {
    if (!body) return
    // Rows that scroll into sight are there before they are painted.
    const scroll = () => flushSync(scrolled)
    // Whatever scrolls: the table's own box, or the page on a small screen.
    document.addEventListener('scroll', scroll, { capture: true, passive: true })
    const observer = new ResizeObserver(update)
    observer.observe(body)
    for (const box of scrollersOf(body)) observer.observe(box)
    return () => {
      document.removeEventListener('scroll', scroll, { capture: true })
      observer.disconnect()
    }
  }, [body, update, scrolled])
}

const rowOf = (element: EventTarget | null): string | undefined =>
  element instanceof Element ? element.closest<HTMLElement>('[data-row]')?.dataset.row : undefined

const clamp = ({ first, end }: Range, count: number): Range => {
  const last = Math.min(end, count)
  return { first: Math.min(first, Math.max(0, count - Math.max(1, end - first))), end: last }
}

function averageOf(heights: ReadonlyMap<string, number>): number | undefined {
  if (heights.size === 0) return undefined
  let sum = 0
  for (const height of heights.values()) sum += height
  // Whole pixels: it does not move everything with each row that is measured.
  return Math.round(sum / heights.size)
}

/** What scrolls up and down around an element, from the inside out. */
function scrollersOf(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = []
  for (let box = element.parentElement; box; box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) found.push(box)
  return found
}

interface Sight {
  readonly top: number
  readonly bottom: number
}

/** The part of an element that is in sight inside what scrolls around it, from its own top; undefined where nothing is laid out. */
function sightOf(element: HTMLElement, boxes: readonly HTMLElement[]): Sight | undefined {
  const own = element.getBoundingClientRect()
  let [top, bottom] = [0, window.innerHeight]
  for (const box of boxes) {
    const rect = box.getBoundingClientRect()
    top = Math.max(top, rect.top)
    bottom = Math.min(bottom, rect.bottom)
  }
  if (own.width === 0 || bottom <= top) return undefined
  return { top: top - own.top, bottom: bottom - own.top }
}
