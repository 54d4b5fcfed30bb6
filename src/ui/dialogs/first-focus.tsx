import { useEffect, useRef } from 'react'

const fields = 'input:not([hidden], [readonly]), select, textarea, .berth-drop button'

/**
 * Sets the initial focus of a dialog: its first field, or the submit button; for a destructive action the cancel
 * button. A field with `autoFocus` keeps it.
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
