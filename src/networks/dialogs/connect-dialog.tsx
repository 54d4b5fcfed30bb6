import { useState } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { Network } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** Connects a container to a network, also one that runs. */
export function ConnectDialog({ network: { name: network }, onClose }: { network: Network; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const containers = useStore(data.containers).items ?? []
  const [container, setContainer] = useState('')
  const [aliases, setAliases] = useState('')
  const [addresses, setAddresses] = useState('')
  const outside = containers.filter(({ IsInfra, Networks }) => !IsInfra && !Networks?.includes(network)).map(nameOf)
  const submit = async (signal: AbortSignal) => {
    const body = { container, aliases: words(aliases), static_ips: words(addresses) }
    await engine['network.connect']({ name: network, body }, { signal })
    await Promise.all([data.networks.refresh(), data.containers.refresh()])
    success(format(_('{container} is connected to {network}.'), { container, network }))
  }
  const flags = [
    ...words(aliases).flatMap((alias) => ['--alias', alias]),
    ...words(addresses).flatMap((address) => [address.includes(':') ? '--ip6' : '--ip', address]),
  ]
  return (
    <ActionDialog
      title={format(_('Connect a container to {name}'), { name: network })}
      action={_('Connect')}
      variant="medium"
      failed={_('Failed to connect the container')}
      disabled={container === ''}
      command={commandLine(can.program, 'network', 'connect', ...flags, network, container)}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField label={_('Container')} value={container} onChange={setContainer} suggestions={outside} required autoFocus />
      <TextField
        label={_('Aliases')}
        value={aliases}
        onChange={setAliases}
        help={_('Further names by which containers of the network find it.')}
        placeholder="db, database"
      />
      <TextField
        label={_('Addresses')}
        value={addresses}
        onChange={setAddresses}
        help={_('Chosen if empty.')}
        placeholder="10.89.1.20"
      />
    </ActionDialog>
  )
}
