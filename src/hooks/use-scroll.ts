import { useEffect, useLayoutEffect, useRef } from 'react'

/**
 * Scrolls to the top on navigation, and restores the position on back and forward. `main` is the id
 * of the scrolling element.
 */
export function useScroll(main: string, path: readonly string[]): void {
  const key = path.join('/')
  const kept = useRef(new Map<string, number>())
  const back = useRef(false)
  useEffect(() => {
    const note = () => (back.current = true)
    // Before the listeners that render the other route.
    window.addEventListener('popstate', note, true)
    return () => window.removeEventListener('popstate', note, true)
  }, [])
  useLayoutEffect(() => {
    const box = document.getElementById(main)
    if (!box) return
    box.scrollTop = back.current ? (kept.current.get(key) ?? 0) : 0
    back.current = false
    const note = () => kept.current.set(key, box.scrollTop)
    box.addEventListener('scroll', note, { passive: true })
    return () => box.removeEventListener('scroll', note)
  }, [main, key])
}
