let held = 0

const ask = (event: BeforeUnloadEvent) => event.preventDefault()

/** Has the browser ask before the page is left, until the returned function is called, which is idempotent. */
export function holdPage(): () => void {
  if (held === 0) window.addEventListener('beforeunload', ask)
  held += 1
  let holds = true
  return () => {
    if (!holds) return
    holds = false
    held -= 1
    if (held === 0) window.removeEventListener('beforeunload', ask)
  }
}
