import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useCallback } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { useCall } from '../hooks/use-call.ts'
import { formatSize } from '../i18n/format.ts'
import { _, C_, format } from '../i18n/gettext.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { Properties } from '../ui/properties.tsx'
import { CheckDialog, PruneSystemDialog } from './dialogs/lazy.ts'

/** Disk use by kind, and what takes care of it. */
export function DiskCard() {
  const { engine, can } = useEngine()
  const { open } = useDialogs()
  const ask = useCallback((signal: AbortSignal) => engine['system.df']({}, { signal }), [engine])
  const { value, error, reload } = useCall(ask)
  const sum = <T,>(list: readonly T[] | null | undefined, size: (each: T) => number): number =>
    (list ?? []).reduce((total, each) => total + size(each), 0)
  const shown = (size: number, reclaimable: number | undefined): string | undefined => {
    if (!value) return error ? undefined : C_('size', 'Calculating')
    if (!reclaimable) return formatSize(size)
    return format(_('{size}, {reclaimable} reclaimable'), { size: formatSize(size), reclaimable: formatSize(reclaimable) })
  }
  return (
    <Properties
      title={_('Disk')}
      items={[
        [_('Images'), shown(value?.ImagesSize ?? 0, value?.ImagesReclaimable)],
        [
          _('Containers'),
          shown(
            sum(value?.Containers, (each) => each.RWSize),
            0,
          ),
        ],
        [
          _('Volumes'),
          shown(
            sum(value?.Volumes, (each) => each.Size),
            sum(value?.Volumes, (each) => each.ReclaimableSize),
          ),
        ],
      ]}
    >
      {error && <p>{error.message}</p>}
      <div className="berth-system-buttons">
        <Button variant="secondary" onClick={() => open((close) => <PruneSystemDialog onDone={reload} onClose={close} />)}>
          {_('Prune…')}
        </Button>
        {can.program === 'berth' && (
          <Button variant="secondary" onClick={() => open((close) => <CheckDialog onClose={close} />)}>
            {_('Check storage…')}
          </Button>
        )}
      </div>
    </Properties>
  )
}
