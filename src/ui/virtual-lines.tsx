import {
  type ReactNode,
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

/** Firefox draws no element that is higher; longer lists scroll faster than the finger. */
const maxHeight = 16_000_000
/** Pixels to the end at which a list counts as scrolled there. */
const nearEnd = 12
/** Lists up to this length are drawn as a whole, and scroll like any other box. */
const fewLines = 300
/** Pixels that are drawn before the box is measured. */
const unmeasured = 600

/** Scrolls a list of {@link VirtualLines}. */
export interface LineScroller {
  /** Shows the line of that index. */
  show(index: number): void
}

interface VirtualLinesProps {
  /** Lines there are. */
  count: number
  /** Pixels of a line that takes one row. */
  lineHeight: number
  /** The line of an index; as high as it is. */
  line: (index: number) => ReactNode
  /** Called with the lines that are in sight, the last one not included. */
  onRange: (from: number, to: number) => void
  /** Stays at the end. */
  follow: boolean
  /** The person has scrolled away from the end, or to it. */
  onFollow: (follow: boolean) => void
  ref: Ref<LineScroller>
  label: string
  className: string
  /** Shown instead of lines. */
  empty: ReactNode
}

/**
 * A list of any length that draws only the lines in sight, of any height each. The position of the scrollbar, from 0 to 1, is that of a
 * line in the list and of its place in the box: so both ends are exact, and no height needs to be known of what is not in sight.
 */
export function VirtualLines(props: VirtualLinesProps) {
  const { count, lineHeight, line, onRange, follow, onFollow, ref, label, className, empty } = props
  const box = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<View>({ top: 0, height: 0, drawn: 0 })
  const sight = sightOf(view, count, lineHeight, follow)
  const { whole, room, from, to } = sight
  useEffect(() => onRange(from, to), [onRange, from, to])
  useBoxHeight(box, setView)
  useScrolling(box, { scale: count <= fewLines ? 1 : (count * lineHeight) / Math.max(1, whole), setView, onFollow })
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = room
  }, [follow, room, count])
  useImperativeHandle(ref, () => ({
    show(index) {
      if (box.current && rows.current) box.current.scrollTop = topOf(index, rows.current, view, sight, count, lineHeight)
    },
  }))
  // Lines are as high as they came out: those around the anchor are put to its place before anything is seen.
  useLayoutEffect(() => {
    const element = rows.current!
    element.style.transform = `translateY(${placeOf(element, sight, view.height, count)}px)`
  })
  useLayoutEffect(() => {
    const drawn = count <= fewLines ? rows.current!.offsetHeight : 0
    setView((before) => (before.drawn === drawn ? before : { ...before, drawn }))
  }, [line, count, view.height])
  return (
    <div ref={box} className={className} role="log" aria-label={label} aria-live="off" tabIndex={0}>
      {count === 0 && empty}
      <div className="berth-lines-whole" style={{ height: whole }}>
        <div className="berth-lines-sight" style={{ height: view.height }}>
          <div ref={rows} className="berth-lines-rows">
            {Array.from({ length: Math.max(0, to - from) }, (_unused, index) => line(from + index))}
          </div>
        </div>
      </div>
    </div>
  )
}

interface Sight {
  /** Pixels of the list, and those that can be scrolled. */
  whole: number
  room: number
  /** Where the scrollbar is, from 0 to 1. */
  share: number
  /** The line that belongs there, with the part of it. */
  anchor: number
  /** Lines that are drawn. */
  from: number
  to: number
}

function sightOf({ top, height, drawn }: View, count: number, lineHeight: number, follow: boolean): Sight {
  const all = count <= fewLines
  const whole = Math.min(maxHeight, Math.max(height, all ? drawn : count * lineHeight))
  const room = Math.max(0, whole - height)
  // The end is shown before the browser has scrolled there.
  const share = room === 0 ? 0 : follow ? 1 : Math.min(1, top / room)
  const anchor = share * count
  if (all) return { whole, room, share, anchor, from: 0, to: count }
  const around = Math.ceil((height || unmeasured) / lineHeight) + 1
  const from = Math.max(0, Math.floor(anchor) - around)
  return { whole, room, share, anchor, from, to: Math.min(count, Math.floor(anchor) + around) }
}

/** Pixels from the top of the box to the first line that is drawn. */
function placeOf(rows: HTMLElement, { room, share, anchor, from }: Sight, height: number, count: number): number {
  if (count <= fewLines) return -Math.round(share * room)
  const above = Math.floor(anchor)
  const child = rows.children[Math.min(above, count - 1) - from] as HTMLElement | undefined
  const offset = child ? child.offsetTop + (above >= count ? 1 : anchor - above) * child.offsetHeight : 0
  return Math.round(share * height - offset)
}

/** Where the box is scrolled to when a line is in its middle. */
function topOf(
  index: number,
  rows: HTMLElement,
  { height }: View,
  { whole, room }: Sight,
  count: number,
  lineHeight: number,
): number {
  const child = rows.children[index] as HTMLElement | undefined
  if (count <= fewLines && child) return child.offsetTop + (child.offsetHeight - height) / 2
  // Lines of several rows have no place that is known: there the line itself is put where the scrollbar is.
  const even = rows.scrollHeight <= rows.childElementCount * lineHeight + 1
  const centered = ((index + 0.5) * lineHeight - height / 2) * (whole / Math.max(1, count * lineHeight))
  return even ? Math.max(0, Math.min(room, centered)) : ((index + 0.5) / Math.max(1, count)) * room
}

/** In pixels: where the box is scrolled to, its height, and that of all lines of a list that is drawn as a whole. */
type View = { top: number; height: number; drawn: number }

function useBoxHeight(box: RefObject<HTMLDivElement | null>, setView: (change: (view: View) => View) => void): void {
  useLayoutEffect(() => {
    const element = box.current!
    const measure = () => {
      const height = element.clientHeight
      setView((view) => (view.height === height ? view : { ...view, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [box, setView])
}

interface Scrolling {
  /** Pixels of lines for one of the scrollbar. */
  scale: number
  setView: (change: (view: View) => View) => void
  onFollow: (follow: boolean) => void
}

/** Scrolling up stops following; scrolling to the end resumes it. */
function useScrolling(box: RefObject<HTMLDivElement | null>, scrolling: Scrolling): void {
  const current = useRef(scrolling)
  useLayoutEffect(() => {
    current.current = scrolling
  })
  useEffect(() => {
    const element = box.current!
    let last = element.scrollTop
    const scrolled = () => {
      const top = element.scrollTop
      const { setView, onFollow } = current.current
      // As it is now: a box that has just grown has less.
      const room = element.scrollHeight - element.clientHeight
      setView((view) => (view.top === top ? view : { ...view, top }))
      if (room - top < nearEnd) onFollow(true)
      else if (top < last) onFollow(false)
      last = top
    }
    const wheeled = (event: WheelEvent) => {
      const { scale } = current.current
      if (scale <= 1.01 || event.ctrlKey || event.deltaY === 0) return
      event.preventDefault()
      element.scrollTop += event.deltaY / scale
    }
    element.addEventListener('scroll', scrolled, { passive: true })
    element.addEventListener('wheel', wheeled)
    return () => {
      element.removeEventListener('scroll', scrolled)
      element.removeEventListener('wheel', wheeled)
    }
  }, [box])
}
