import { useEngine } from '../../engine/engine-context.tsx'
import { mapped, type Store } from '../../engine/store.ts'
import { shareOf, type TransferState } from '../../engine/transfers/transfer.ts'
import type { Detach } from '../../hooks/use-action.ts'
import { useToasts } from '../../ui/toasts.tsx'

/**
 * Continues a transfer in the background, labelled `title`: as a task of the engine, or as one of this page. `finished` is shown
 * as a toast at its end.
 */
export function useBackground(title: string, state: Store<TransferState>, finished?: string): Detach {
  const { background, can } = useEngine()
  const { success } = useToasts()
  return (stop) => {
    const end = can.does('task.start') ? () => {} : background.add({ title, share: mapped(state, shareOf), stop })
    return (error) => {
      end(error)
      if (error === undefined && finished !== undefined) success(finished)
    }
  }
}
