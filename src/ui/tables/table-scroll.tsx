import { type ReactNode, useEffect, useRef } from 'react'

import { useScrollInside } from '../../hooks/use-scroll.ts'

interface TableScrollProps {
  children: ReactNode
  /** For a table without links and buttons: what it is called, so that the keyboard can come to it and scroll it. */
  label?: string
}

/**
 * The box in which a table scrolls, sideways and up and down: the page around it never does the first. The headings stay at its top,
 * the column of actions at its side.
 */
export function TableScroll({ children, label }: TableScrollProps) {
  const box = useRef<HTMLDivElement>(null)
  useScrollInside(box)
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
    <div
      ref={box}
      className="berth-table-scroll"
      {...(label === undefined ? {} : { role: 'region', tabIndex: 0, 'aria-label': label })}
    >
      {children}
    </div>
  )
}
