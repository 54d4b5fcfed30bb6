import { useEffect, useLayoutEffect, useRef } from 'react'

/**
 * Shows every place from its top; one that the browser's back or forward button leads to, from where it was left. `main` is the id
 * of what scrolls.
 */
export function useScroll(main: string, path: readonly string[]): void {
  const key = path.join('/')
  const kept = useRef(new Map<string, number>())
  const back = useRef(false)
  useEffect(() => {
    const note = () => (back.current = true)
    // Before those who draw the other place.
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
