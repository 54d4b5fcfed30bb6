import { type ReactNode, useEffect } from 'react'

import { CreateContainerDialog, DuplicateContainerDialog, EditContainerDialog } from '../containers/dialogs/lazy.ts'
import { currentDialog, type DialogAddress } from '../containers/dialogs/use-dialog-address.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'

/** Opens the dialog that the address names: after a reload, or where somebody follows a link. */
export function useLinkedDialog(): void {
  const { open } = useDialogs()
  useEffect(() => {
    const follow = () => {
      const address = currentDialog()
      if (address) open((close) => dialogOf(address, close))
    }
    follow()
    // The page's own navigation does not raise it.
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [open])
}

function dialogOf({ dialog, of = '', inPod = '' }: DialogAddress, onClose: () => void): ReactNode {
  switch (dialog) {
    case 'create':
      return <CreateContainerDialog image={of} pod={inPod} onClose={onClose} />
    case 'duplicate':
      return <DuplicateContainerDialog container={of} onClose={onClose} />
    case 'edit':
      return <EditContainerDialog container={of} onClose={onClose} />
  }
}
