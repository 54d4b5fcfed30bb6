import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'

interface Dialogs {
  /** Shows a dialog; it is given what closes it. One at a time. */
  open(render: (close: () => void) => ReactNode): void
}

const Context = createContext<Dialogs>({ open: () => {} })

/** How a component opens a dialog. */
export const useDialogs = (): Dialogs => use(Context)

/** Shows the dialogs of everything inside. */
export function DialogProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<ReactNode>(null)
  useEffect(() => {
    // Back and forward lead away from what the dialog is about.
    const close = () => setShown(null)
    window.addEventListener('popstate', close)
    return () => window.removeEventListener('popstate', close)
  }, [])
  const value = useMemo<Dialogs>(() => ({ open: (render) => setShown(render(() => setShown(null))) }), [])
  return (
    <Context value={value}>
      {children}
      {shown}
    </Context>
  )
}
