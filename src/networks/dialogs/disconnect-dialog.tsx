import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'

interface DisconnectDialogProps {
  network: Network
  container: ContainerSummary
  onClose: () => void
}

/** Takes a container out of a network. */
export function DisconnectDialog({ network: { name: network }, container, onClose }: DisconnectDialogProps) {
  const { engine, data, can } = useEngine()
  const name = nameOf(container)
  const submit = async (signal: AbortSignal) => {
    await engine['network.disconnect']({ name: network, body: { container: container.Id } }, { signal })
    await Promise.all([data.networks.refresh(), data.containers.refresh()])
  }
  return (
    <ActionDialog
      title={format(_('Disconnect {container} from {network}?'), { container: name, network })}
      action={_('Disconnect')}
      danger
      failed={_('Failed to disconnect the container')}
      command={commandLine(can.program, 'network', 'disconnect', network, name)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{_('Its connections through this network end. It can be connected again.')}</p>
    </ActionDialog>
  )
}
