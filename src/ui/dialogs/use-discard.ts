import { type RefCallback, useCallback, useRef, useState } from 'react'

interface Discard {
  /** For the form, whose values are compared with those it was opened with. */
  readonly form: RefCallback<HTMLFormElement>
  /** Whether the question is shown. */
  readonly asking: boolean
  /** Closes, or asks if something was entered; while it asks, takes the question back. */
  readonly request: () => void
  /** Takes the question back. */
  readonly stay: () => void
}

/** Closes a dialog without an explicit word (Escape, a click outside) only if nothing is lost. `keep`: nothing can be lost now. */
export function useDiscard({ keep, onClose }: { keep: boolean; onClose: () => void }): Discard {
  const isFilled = useRef<() => boolean>(() => false)
  const [asking, setAsking] = useState(false)
  const form = useCallback((element: HTMLFormElement | null) => {
    if (element) isFilled.current = watchForm(element)
  }, [])
  return {
    form,
    asking,
    request: () => {
      if (asking) setAsking(false)
      else if (keep || !isFilled.current()) onClose()
      else setAsking(true)
    },
    stay: () => setAsking(false),
  }
}

/** Returns whether a person has entered something that is still there. Values that the page itself fills in later do not count. */
function watchForm(form: HTMLFormElement): () => boolean {
  const before = valuesOf(form)
  let edited = false
  // Files that were chosen or dropped are in no control's value.
  let files = false
  form.addEventListener('input', () => (edited = true))
  form.addEventListener('drop', () => (files = true))
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === 'file') files = true
    else edited = true
  })
  return () => files || (edited && valuesOf(form) !== before)
}

/** What stands in the controls of a form, as one text to compare. Buttons and what is only shown do not count. */
function valuesOf(form: HTMLFormElement): string {
  const values = [...form.elements].flatMap((element) => {
    if (element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) return [element.value]
    if (!(element instanceof HTMLInputElement) || element.readOnly || element.type === 'file') return []
    return [element.type === 'checkbox' || element.type === 'radio' ? String(element.checked) : element.value]
  })
  return JSON.stringify(values)
}
