import { useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import type { Network } from '../engine/live/live-data.ts'
import { _ } from '../i18n/gettext.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { ConnectDialog, RemoveNetworkDialog } from './dialogs/lazy.ts'

/** Returns the actions of a network, in groups. */
export function useNetworkActions(): (network: Network) => readonly (readonly Action[])[] {
  const { can } = useEngine()
  const { open } = useDialogs()
  return useMemo(
    () => (network) => {
      const connect: Action = {
        key: 'connect',
        title: _('Connect a container…'),
        run: () => open((close) => <ConnectDialog network={network} onClose={close} />),
      }
      const remove: Action = {
        key: 'remove',
        title: _('Remove…'),
        danger: true,
        run: () => open((close) => <RemoveNetworkDialog network={network} onClose={close} />),
      }
      return [
        ...(can.does('network.connect') ? [[connect]] : []),
        ...(can.does('network.remove') && network.read_only !== true ? [[remove]] : []),
      ]
    },
    [can, open],
  )
}
