import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core/dist/esm/components/Alert'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'

import { _ } from '../i18n/gettext.ts'
import { ProblemText } from './dialogs/problem-text.tsx'

interface Toast {
  key: number
  variant: 'success' | 'danger'
  title: string
  error?: unknown
}

interface Toasts {
  /** Reports success; disappears after a few seconds. */
  success(title: string): void
  /** Reports a failure outside of dialogs; stays until it is closed. */
  failure(title: string, error: unknown): void
}

const Context = createContext<Toasts>({ success: () => {}, failure: () => {} })

/** Shows toasts from a component. */
export const useToasts = (): Toasts => use(Context)

let last = 0

/** Shows the toasts of everything inside. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const value = useMemo<Toasts>(() => {
    const add = (toast: Omit<Toast, 'key'>) => setToasts((old) => [...old.slice(-3), { ...toast, key: (last += 1) }])
    return {
      success: (title) => add({ variant: 'success', title }),
      failure: (title, error) => add({ variant: 'danger', title, error }),
    }
  }, [])
  const close = (key: number) => setToasts((old) => old.filter((toast) => toast.key !== key))
  return (
    <Context value={value}>
      {children}
      <AlertGroup isToast isLiveRegion aria-label={_('Notifications')}>
        {toasts.map(({ key, variant, title, error }) => (
          <Alert
            key={key}
            variant={variant}
            title={title}
            component="h2"
            variantLabel={variant === 'success' ? _('Success:') : _('Error:')}
            timeout={variant === 'success' ? 5000 : false}
            onTimeout={() => close(key)}
            actionClose={<AlertActionCloseButton title={title} onClose={() => close(key)} />}
          >
            {error !== undefined && <ProblemText error={error} />}
          </Alert>
        ))}
      </AlertGroup>
    </Context>
  )
}
