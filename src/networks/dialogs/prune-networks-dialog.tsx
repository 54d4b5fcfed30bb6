import { useState } from 'react'

import type { Output } from '../../../engine/contract/index.ts'
import { EngineError } from '../../../engine/errors/index.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { _, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { networkRows } from '../network-rows.ts'

/** The network that is always there, by its name in podman. */
const defaultNetwork = 'podman'

/** Removes networks that no container is in, after a preview. */
export function PruneNetworksDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [report, setReport] = useState<Output<'network.prune'>>()
  const rows = networkRows(useStore(data.networks).items ?? [], useStore(data.containers).items ?? [], '')
  const gone = rows.filter(
    ({ network, containers }) => containers.length === 0 && network.read_only !== true && network.name !== defaultNetwork,
  )
  const submit = async () => {
    const result = await engine['network.prune']({})
    await data.networks.refresh()
    setReport(result)
    const wrong = result.flatMap(({ Error: reason }) => reason ?? [])
    if (wrong.length > 0) throw new EngineError('NetworkInUse', wrong.join(' '))
    return 'stay' as const
  }
  return (
    <ActionDialog
      title={_('Prune networks')}
      action={_('Prune')}
      danger
      failed={_('Failed to remove some networks')}
      disabled={gone.length === 0}
      command={commandLine(can.program, 'network', 'prune')}
      onSubmit={submit}
      onClose={onClose}
    >
      {report && <p role="status">{ngettext('{n} network was removed.', '{n} networks were removed.', report.length)}</p>}
      {!report && gone.length === 0 && <p>{_('No networks to remove.')}</p>}
      {!report && gone.length > 0 && (
        <>
          <p>{ngettext('{n} network that no container is in:', '{n} networks that no container is in:', gone.length)}</p>
          <ul className="berth-list">
            {gone.map(({ network }) => (
              <li key={network.id}>{network.name}</li>
            ))}
          </ul>
        </>
      )}
    </ActionDialog>
  )
}
