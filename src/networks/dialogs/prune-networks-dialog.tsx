import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useCall } from '../../hooks/use-call.ts'
import { _, ngettext } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { PruneDialog } from '../../ui/dialogs/prune-dialog.tsx'

/** Removes networks that no container is in. The engine says which: never the default one. */
export function PruneNetworksDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const list = useCallback(
    (signal: AbortSignal) => engine['network.list']({ filters: { dangling: ['true'] } }, { signal }),
    [engine],
  )
  const { value, error } = useCall(list)
  const gone = value?.filter(({ read_only: readOnly }) => readOnly !== true)
  const prune = async () => {
    const report = await engine['network.prune']({})
    await data.networks.refresh()
    return report.map(({ Error: reason }) => ({ size: 0, reason: reason || undefined }))
  }
  return (
    <PruneDialog
      title={_('Prune networks')}
      failed={_('Failed to remove some networks')}
      command={commandLine(can.program, 'network', 'prune')}
      removals={gone?.map(({ id, name }) => ({ key: id, name }))}
      unknown={error && { title: _('Failed to list networks'), error }}
      label={_('Networks to remove')}
      nothing={_('No networks to remove.')}
      about={ngettext(
        '{n} network without containers is removed:',
        '{n} networks without containers are removed:',
        gone?.length ?? 0,
      )}
      code="NetworkInUse"
      onPrune={prune}
      done={(count) => ngettext('{n} network was removed.', '{n} networks were removed.', count)}
      onClose={onClose}
    />
  )
}
