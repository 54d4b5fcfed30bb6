import { type ReactNode, useEffect, useRef } from 'react'

/**
 * The box in which a table scrolls, sideways and up and down: the page around it never does the first. The headings stay at its top,
 * the column of actions at its side.
 */
export function TableScroll({ children }: { children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const { current } = box
    if (!current) return
    // What lies below the column of actions is told apart from it only while something does.
    const note = () => current.toggleAttribute('data-overflows', current.scrollWidth > current.clientWidth + 1)
    const observer = new ResizeObserver(note)
    observer.observe(current)
    if (current.firstElementChild) observer.observe(current.firstElementChild)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={box} className="berth-table-scroll">
      {children}
    </div>
  )
}
