import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'

import { assignSlots } from './slots.ts'

/**
 * Which elements each row has: those of a row that is no longer rendered are taken over by one that comes, since to change their texts
 * costs the browser half of what new ones cost. Elements that somebody is about to use are not: a row with the focus, or with a pressed
 * button, goes with its elements, so that a key or a click never means another row than the one it was meant for.
 *
 * @param keys of the rendered rows, in their order
 * @param focused the key of the row with the focus
 */
export function useSlots(
  keys: readonly string[],
  body: HTMLElement | null,
  focused: string | undefined,
): ReadonlyMap<string, number> {
  const before = useRef<ReadonlyMap<string, number>>(new Map())
  const pressed = usePressed(body)
  const slots = useMemo(
    () => assignSlots(before.current, keys, (key) => key === focused || key === pressed.current),
    [keys, focused, pressed],
  )
  useLayoutEffect(() => void (before.current = slots), [slots])
  return slots
}

/** The key of the row on which a button of the mouse, or a finger, is down. */
function usePressed(body: HTMLElement | null): { readonly current: string | undefined } {
  const pressed = useRef<string>(undefined)
  useEffect(() => {
    if (!body) return
    const down = ({ target }: Event) => {
      pressed.current = target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined
    }
    // The click follows.
    const up = () => void setTimeout(() => (pressed.current = undefined))
    body.addEventListener('pointerdown', down)
    for (const type of ['pointerup', 'pointercancel']) window.addEventListener(type, up)
    return () => {
      body.removeEventListener('pointerdown', down)
      for (const type of ['pointerup', 'pointercancel']) window.removeEventListener(type, up)
    }
  }, [body])
  return pressed
}
