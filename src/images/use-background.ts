import { useEngine } from '../lib/engine-context.tsx'
import type { Store } from '../lib/store.ts'
import type { TransferState } from '../lib/transfer.ts'
import type { Hide } from '../lib/use-action.ts'
import { useToasts } from '../ui/toasts.tsx'

/** Lets a transfer go on without its dialog, under `title`; `finished` is said at its end, where the transfer does not say it. */
export function useBackground(title: string, state: Store<TransferState>, finished?: string): Hide {
  const { background } = useEngine()
  const { success } = useToasts()
  return (stop) => {
    const remove = background.add({ title, state, stop })
    return (error) => {
      remove()
      if (error === undefined && finished !== undefined) success(finished)
    }
  }
}
