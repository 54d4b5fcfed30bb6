import { createContext, type ReactNode, Suspense, use, useEffect, useMemo, useState } from 'react'

interface Dialogs {
  /** Opens a dialog; `render` gets the function that closes it. One at a time. */
  open(render: (close: () => void) => ReactNode): void
}

const Context = createContext<Dialogs>({ open: () => {} })

/** Opens dialogs from a component. */
export const useDialogs = (): Dialogs => use(Context)

/** Shows the dialogs of everything inside. */
export function DialogProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<ReactNode>(null)
  useEffect(() => {
    // Back and forward leave the page of the dialog.
    const close = () => setShown(null)
    window.addEventListener('popstate', close)
    return () => window.removeEventListener('popstate', close)
  }, [])
  const value = useMemo<Dialogs>(() => ({ open: (render) => setShown(render(() => setShown(null))) }), [])
  return (
    <Context value={value}>
      {children}
      {/* Most dialogs are loaded when they are opened. */}
      <Suspense>{shown}</Suspense>
    </Context>
  )
}
