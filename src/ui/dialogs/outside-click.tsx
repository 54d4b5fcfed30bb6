import { useEffect, useRef } from 'react'

/** Notices clicks beside the dialog that it is in: those that begin and end outside, so not a text selected past the edge. */
export function OutsideClick({ onClick }: { onClick: (() => void) | undefined }) {
  const here = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const box = here.current?.closest('[role=dialog]')
    if (!box || !onClick) return
    // A menu or tooltip of the dialog may be elsewhere in the document; what is beside the dialog surrounds it.
    const isOutside = ({ target }: Event) => target instanceof Element && target !== box && target.contains(box)
    let began = false
    const press = (event: Event) => (began = isOutside(event))
    const click = (event: Event) => {
      if (began && isOutside(event)) onClick()
    }
    document.addEventListener('pointerdown', press)
    document.addEventListener('click', click)
    return () => {
      document.removeEventListener('pointerdown', press)
      document.removeEventListener('click', click)
    }
  }, [onClick])
  return <span ref={here} hidden />
}
