import { type KeyboardEvent, useEffect, useState } from 'react'

/** The navigation at the side: beside the page where there is room (from 1200 pixels), over it otherwise. */
export interface Sidebar {
  /** The id of its element. */
  readonly id: string
  readonly open: boolean
  toggle(): void
  /** Something was chosen in it: what lies over the page is closed, and the page has the focus. */
  leave(): void
  /** The page became narrower or wider than what has room for it. */
  fit(narrow: boolean): void
  onKeyDown(event: KeyboardEvent): void
}

const id = 'berth-sidebar'
const toggleId = 'berth-nav-toggle'
const mainId = 'berth-main'

const focus = (element: string) => document.getElementById(element)?.focus()

/** Creates it. */
export function useSidebar(): Sidebar {
  const [narrow, setNarrow] = useState(window.innerWidth < 1200)
  const [open, setOpen] = useState(!narrow)
  const over = narrow && open
  useEffect(() => {
    if (!over) return
    const links = document.getElementById(id)
    ;(links?.querySelector<HTMLElement>('[aria-current]') ?? links?.querySelector('a'))?.focus()
    const main = document.getElementById(mainId)
    const close = () => setOpen(false)
    main?.addEventListener('pointerdown', close)
    return () => main?.removeEventListener('pointerdown', close)
  }, [over])
  return {
    id,
    open,
    toggle: () => setOpen(!open),
    leave: () => {
      if (!narrow) return
      setOpen(false)
      focus(mainId)
    },
    fit: (next) => {
      if (next === narrow) return
      setNarrow(next)
      setOpen(!next)
    },
    onKeyDown: (event) => {
      if (event.key !== 'Escape' || !over) return
      setOpen(false)
      focus(toggleId)
    },
  }
}
