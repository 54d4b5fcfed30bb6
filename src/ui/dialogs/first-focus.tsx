import { useEffect, useRef } from 'react'

const fields = 'input:not([hidden], [readonly]), select, textarea, .berth-drop button'

/**
 * Sets the initial focus of a dialog: its first field, or the submit button; for a destructive action the cancel
 * button. A field with `autoFocus` keeps it. Where there is neither yet, the cancel button has it until one is there.
 */
export function FirstFocus({ danger }: { danger: boolean | undefined }) {
  const here = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const box = here.current!.closest('[role=dialog]')
    if (!box || box.contains(document.activeElement)) return
    const find = (selector: string) => box.querySelector<HTMLElement>(selector)
    const cancel = find('footer button[type=button]')
    const target = () => (danger ? cancel : (find(`form :is(${fields})`) ?? find('footer button[type=submit]:not(:disabled)')))
    const first = target()
    if (first) return first.focus()
    cancel?.focus()
    const observer = new MutationObserver(() => {
      const late = target()
      if (!late && document.activeElement === cancel) return
      observer.disconnect()
      if (document.activeElement === cancel) late?.focus()
    })
    observer.observe(box, { childList: true, subtree: true, attributeFilter: ['disabled'] })
    return () => observer.disconnect()
  }, [danger])
  return <span ref={here} hidden />
}
