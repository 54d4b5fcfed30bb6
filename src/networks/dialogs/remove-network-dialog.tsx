import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { Network } from '../../engine/live/live-data.ts'
import { currentRoute, linkTo, navigate } from '../../hooks/route.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { containersByNetwork } from '../network-rows.ts'

/** Removes a network; with the containers in it where that is chosen. */
export function RemoveNetworkDialog({ network: { name }, onClose }: { network: Network; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const all = useStore(data.containers).items ?? []
  const [force, setForce] = useState(false)
  const users = containersByNetwork(all).get(name) ?? []
  const remove = async () => {
    const [report] = await engine['network.remove']({ name, ...(force ? { force } : {}) })
    // Podman's engine answers so for its default network.
    if (report?.Err) throw new EngineError('NotSupported', report.Err)
    await data.networks.refresh()
    const [page, shown] = currentRoute().path
    if (page === 'networks' && shown === name) navigate(linkTo(['networks']))
  }
  return (
    <ActionDialog
      title={format(_('Remove {name}?'), { name })}
      action={_('Remove')}
      danger
      disabled={users.length > 0 && !force}
      failed={_('Failed to remove the network')}
      command={commandLine(can.program, 'network', 'rm', ...(force ? ['--force'] : []), name)}
      onSubmit={remove}
      onClose={onClose}
    >
      {users.length === 0 && <p>{_('No containers are in this network.')}</p>}
      {users.length > 0 && (
        <>
          <p>{ngettext('A container is in this network:', '{n} containers are in this network:', users.length)}</p>
          <ul className="berth-list">
            {users.map((container) => (
              <li key={container.Id}>
                <a href={linkTo(['containers', container.Id])} onClick={onClose}>
                  {nameOf(container)}
                </a>
              </li>
            ))}
          </ul>
          <CheckField
            label={ngettext('Remove this container too', 'Remove these containers too', users.length)}
            value={force}
            onChange={setForce}
            help={_('Running containers are stopped first. Data outside of volumes is lost. Images are kept.')}
          />
        </>
      )}
    </ActionDialog>
  )
}
