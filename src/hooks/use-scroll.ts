import { useEffect, useLayoutEffect, useRef } from 'react'

import { currentRoute } from './route.ts'

/** Whether the route that is being rendered was come to by back or forward. */
let back = false

/**
 * Scrolls to the top on navigation, and restores the position on back and forward. `main` is the id
 * of the scrolling element.
 */
export function useScroll(main: string, path: readonly string[]): void {
  const key = path.join('/')
  const kept = useRef(new Map<string, number>())
  useEffect(() => {
    const note = () => (back = true)
    // Before the listeners that render the other route.
    window.addEventListener('popstate', note, true)
    return () => window.removeEventListener('popstate', note, true)
  }, [])
  useLayoutEffect(() => {
    const box = document.getElementById(main)
    if (!box) return
    box.scrollTop = back ? (kept.current.get(key) ?? 0) : 0
    // What is inside the page has looked at it by now.
    back = false
    const note = () => kept.current.set(key, box.scrollTop)
    box.addEventListener('scroll', note, { passive: true })
    return () => box.removeEventListener('scroll', note)
  }, [main, key])
}

const keptInside = new Map<string, number>()

/**
 * The same for a box inside the page, the only one that its page has: back and forward lead to where it was scrolled to. Called when
 * the box appears. @returns what is called when it goes
 */
export function keepScrollInside(box: HTMLElement): () => void {
  const key = currentRoute().path.join('/')
  if (back) box.scrollTop = keptInside.get(key) ?? 0
  const note = () => keptInside.set(key, box.scrollTop)
  box.addEventListener('scroll', note, { passive: true })
  return () => box.removeEventListener('scroll', note)
}
