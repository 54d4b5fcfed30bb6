import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core/dist/esm/components/Alert'
import { createContext, type ReactNode, use, useMemo, useState } from 'react'

import { EngineError } from '../../engine/errors/index.ts'
import { _ } from '../lib/gettext.ts'

interface Toast {
  key: number
  variant: 'success' | 'danger'
  title: string
  text?: string
}

interface Toasts {
  /** Something that takes a while is done; goes away by itself. */
  success(title: string): void
  /** Something failed where no dialog shows it; stays until it is closed. */
  failure(title: string, error: unknown): void
}

const Context = createContext<Toasts>({ success: () => {}, failure: () => {} })

/** How a component says that something is done or failed. */
export const useToasts = (): Toasts => use(Context)

let last = 0

/** Shows the toasts of everything inside. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const value = useMemo<Toasts>(() => {
    const add = (toast: Omit<Toast, 'key'>) => setToasts((old) => [...old.slice(-3), { ...toast, key: (last += 1) }])
    return {
      success: (title) => add({ variant: 'success', title }),
      failure: (title, error) => add({ variant: 'danger', title, text: EngineError.from(error).message }),
    }
  }, [])
  const close = (key: number) => setToasts((old) => old.filter((toast) => toast.key !== key))
  return (
    <Context value={value}>
      {children}
      <AlertGroup isToast isLiveRegion aria-label={_('Messages')}>
        {toasts.map(({ key, variant, title, text }) => (
          <Alert
            key={key}
            variant={variant}
            title={title}
            variantLabel={variant === 'success' ? _('Done:') : _('Error:')}
            timeout={variant === 'success' ? 5000 : false}
            onTimeout={() => close(key)}
            actionClose={<AlertActionCloseButton title={title} onClose={() => close(key)} />}
          >
            {text}
          </Alert>
        ))}
      </AlertGroup>
    </Context>
  )
}
