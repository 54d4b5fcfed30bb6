import type { ReactNode } from 'react'

import { keepScrollInside } from '../../hooks/use-scroll.ts'

interface TableScrollProps {
  children: ReactNode
  /** For a table without links and buttons: what it is called, so that the keyboard can come to it and scroll it. */
  label?: string
  /** How many rows the table has. */
  rows?: number
}

/** With so many rows a table is higher than any window. */
const manyRows = 100

/**
 * The box in which a table scrolls, sideways and up and down: the page around it never does the first. The headings stay at its top,
 * the column of actions at its side.
 */
export function TableScroll({ children, label, rows = 0 }: TableScrollProps) {
  return (
    <div
      ref={watchBox}
      className={`berth-table-scroll${rows >= manyRows ? ' berth-long' : ''}`}
      {...(label === undefined ? {} : { role: 'region', tabIndex: 0, 'aria-label': label })}
    >
      {children}
    </div>
  )
}

/**
 * What lies below the column of actions is told apart from it only while something does. The box tells its width to what is to be as
 * wide as what is in sight: as a container of queries it would be laid out between two rounds of styles, with each row that comes or goes.
 */
function watchBox(box: HTMLDivElement | null) {
  if (!box) return
  const note = () => {
    box.toggleAttribute('data-overflows', box.scrollWidth > box.clientWidth + 1)
    box.style.setProperty('--berth-scroll-width', `${box.clientWidth}px`)
  }
  const observer = new ResizeObserver(note)
  observer.observe(box)
  if (box.firstElementChild) observer.observe(box.firstElementChild)
  const stopKeeping = keepScrollInside(box)
  return () => {
    observer.disconnect()
    stopKeeping()
  }
}
