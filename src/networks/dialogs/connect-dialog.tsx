import { useState } from 'react'

import { nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { ContainerSummary, Network } from '../../engine/live/live-data.ts'
import { useStore } from '../../hooks/use-store.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** Why a container cannot be connected to a network; undefined where it can, and with engines that do not say how it has its network. */
function whyNot({ NetworkMode: mode = 'bridge', PodName }: ContainerSummary): string | undefined {
  switch (mode) {
    case 'bridge':
      return undefined
    case 'host':
      return _('It uses the network of the host.')
    case 'none':
      return _('It was created without a network.')
    case 'container':
      return _('It uses the network of another container: connect that one.')
    case 'pod':
      return format(_('It uses the network of its pod {pod}.'), { pod: PodName })
    default:
      return format(_('Its network mode is {mode}. Only containers that were created in a network can be connected to others.'), {
        mode,
      })
  }
}

/** What is said below the field. */
function helpOf(others: number, possible: number): string | undefined {
  if (others === 0) return undefined
  if (possible === 0) return _('No container can be connected: only those that were created in a network can.')
  return ngettext(
    '{n} container is not offered: only those that were created in a network can be connected to others.',
    '{n} containers are not offered: only those that were created in a network can be connected to others.',
    others,
  )
}

/** Connects a container to a network, also one that runs. */
export function ConnectDialog({ network: { name: network }, onClose }: { network: Network; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const containers = useStore(data.containers).items ?? []
  const [container, setContainer] = useState('')
  const [aliases, setAliases] = useState('')
  const [addresses, setAddresses] = useState('')
  const outside = containers.filter(({ IsInfra, Networks }) => !IsInfra && !Networks?.includes(network))
  const possible = outside.filter((each) => whyNot(each) === undefined)
  const chosen = outside.find((each) => nameOf(each) === container || each.Id === container)
  const wrong = chosen && whyNot(chosen)
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
      disabled={container === '' || wrong !== undefined}
      command={commandLine(can.program, 'network', 'connect', ...flags, network, container)}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Container')}
        value={container}
        onChange={setContainer}
        suggestions={possible.map(nameOf)}
        error={wrong}
        help={wrong ?? helpOf(outside.length - possible.length, possible.length)}
        required
        autoFocus
      />
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
        help={_('Assigned automatically if empty.')}
        placeholder="10.89.1.20"
      />
    </ActionDialog>
  )
}
