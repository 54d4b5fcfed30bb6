import { useEngine } from '../../engine/engine-context.tsx'
import type { Store } from '../../engine/store.ts'
import type { TransferState } from '../../engine/transfers/transfer.ts'
import type { Detach } from '../../hooks/use-action.ts'
import { useToasts } from '../../ui/toasts.tsx'

/** Continues a transfer in the background, labelled `title`. `finished` is shown as a toast at its end. */
export function useBackground(title: string, state: Store<TransferState>, finished?: string): Detach {
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
