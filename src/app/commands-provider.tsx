import { type ReactNode, useMemo } from 'react'

import { CreateContainerDialog } from '../containers/dialogs/lazy.ts'
import { CreatePodDialog } from '../pods/dialogs/lazy.ts'
import { usePodActions } from '../pods/pod-actions.tsx'
import { type Commands, CommandsContext } from '../ui/commands.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { useLinkedDialog } from './linked-dialog.tsx'

/** Provides the commands that pages offer each other. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const { open } = useDialogs()
  const podActions = usePodActions()
  useLinkedDialog()
  const commands = useMemo<Commands>(
    () => ({
      createContainer: (initial) => open((close) => <CreateContainerDialog {...initial} onClose={close} />),
      createPod: () => open((close) => <CreatePodDialog onClose={close} />),
      podActions,
    }),
    [open, podActions],
  )
  return <CommandsContext value={commands}>{children}</CommandsContext>
}
