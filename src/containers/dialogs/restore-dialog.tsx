import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback, useState } from 'react'

import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _, format } from '../../lib/gettext.ts'
import type { ContainerSummary } from '../../lib/live-data.ts'
import { useCall } from '../../lib/use-call.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { ErrorAlert } from '../../ui/error-alert.tsx'
import { CheckField } from '../../ui/fields.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { nameOf } from '../grouping.ts'

/** Lets a container go on from its saved state. */
export function RestoreDialog({ container, onClose }: { container: ContainerSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [keep, setKeep] = useState(false)
  const [tcpEstablished, setTcpEstablished] = useState(false)
  const ask = useCallback(
    (signal: AbortSignal) => engine['container.inspect']({ name: container.Id }, { signal }),
    [engine, container.Id],
  )
  const { value, error } = useCall(ask)
  const saved = value?.State.Checkpointed === true
  const name = nameOf(container)
  const restore = async () => {
    await engine['container.restore']({ name: container.Id, keep, tcpEstablished })
    await data.containers.refresh()
  }
  const flags = [...(keep ? ['--keep'] : []), ...(tcpEstablished ? ['--tcp-established'] : [])]
  return (
    <ActionDialog
      title={format(_('Restore {name}'), { name })}
      action={_('Restore')}
      failed={_('The container was not restored')}
      disabled={!saved}
      command={commandLine(can.program, 'container', 'restore', ...flags, name)}
      onSubmit={restore}
      onClose={onClose}
    >
      {error !== undefined && <ErrorAlert title={_('The container cannot be read')} error={error} />}
      {!value && error === undefined && <Skeleton screenreaderText={_('Loading')} />}
      {value && !saved && (
        <Alert isInline variant="info" title={_('There is no saved state')}>
          {_('Checkpoint it while it runs, and it can be restored from there. Start begins it anew.')}
        </Alert>
      )}
      {saved && (
        <>
          <p>
            {_('It goes on exactly where it was when its state was saved.')} <TimeAgo value={value.State.CheckpointedAt ?? ''} />
          </p>
          <CheckField
            label={_('Keep the saved state')}
            value={keep}
            onChange={setKeep}
            help={_('It can then be restored from the same state again.')}
          />
          <CheckField
            label={_('Keep connections')}
            value={tcpEstablished}
            onChange={setTcpEstablished}
            help={_('Needed where it was saved with open TCP connections.')}
          />
        </>
      )}
    </ActionDialog>
  )
}
