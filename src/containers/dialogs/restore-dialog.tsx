import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'
import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import { useCallback, useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { _, format } from '../../i18n/gettext.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { useCall } from '../../hooks/use-call.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { CheckField } from '../../ui/dialogs/fields.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { nameOf } from '../../engine/container-summary.ts'

/** Restores a container from its checkpoint. */
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
    await engine['container.restore']({ container: container.Id, keep, tcpEstablished })
    await data.containers.refresh()
  }
  const flags = [...(keep ? ['--keep'] : []), ...(tcpEstablished ? ['--tcp-established'] : [])]
  return (
    <ActionDialog
      title={format(_('Restore {name}'), { name })}
      action={_('Restore')}
      failed={_('Failed to restore the container')}
      disabled={!saved}
      command={commandLine(can.program, 'container', 'restore', ...flags, name)}
      onSubmit={restore}
      onClose={onClose}
    >
      {error !== undefined && <ErrorAlert title={_('Failed to inspect the container')} error={error} />}
      {!value && error === undefined && <Skeleton screenreaderText={_('Loading')} />}
      {value && !saved && (
        <Alert isInline variant="info" title={_('No checkpoint')}>
          {_('Checkpoint the container while it is running to restore it from there. Start runs it from the beginning.')}
        </Alert>
      )}
      {saved && (
        <>
          <p>{_('Resumes the container from its checkpoint.')}</p>
          {value.State.CheckpointedAt && (
            <p className="berth-quiet">
              {_('Checkpoint created:')} <TimeAgo value={value.State.CheckpointedAt} />
            </p>
          )}
          <CheckField
            label={_('Keep the checkpoint')}
            value={keep}
            onChange={setKeep}
            help={_('The container can be restored from it again.')}
          />
          <CheckField
            label={_('Keep established TCP connections')}
            value={tcpEstablished}
            onChange={setTcpEstablished}
            help={_('Required if the checkpoint has open TCP connections.')}
          />
        </>
      )}
    </ActionDialog>
  )
}
