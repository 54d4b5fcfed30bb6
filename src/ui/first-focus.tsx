import { useEffect, useRef } from 'react'

const fields = 'input:not([hidden], [readonly]), select, textarea, .berth-drop button'

/**
 * Gives the keyboard to what a dialog is about: its first field, or what it does; where that destroys something, to what leaves
 * it alone. A field that asks for it itself has it.
 */
export function FirstFocus({ danger }: { danger: boolean | undefined }) {
  const here = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const box = here.current!.closest('[role=dialog]')
    if (!box || box.contains(document.activeElement)) return
    const find = (selector: string) => box.querySelector<HTMLElement>(selector)
    const action = find('footer button[type=submit]:not(:disabled)')
    const target = danger ? find('footer button[type=button]') : (find(`form :is(${fields})`) ?? action)
    target?.focus()
  }, [danger])
  return <span ref={here} hidden />
}
