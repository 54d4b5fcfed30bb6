import { useState } from 'react'

import { commandLine } from '../../ui/command-line/shell-words.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { checkFields, isSound, requestOf, wordsOf } from '../../engine/fields/field.ts'
import type { Port } from '../../engine/fields/port-rows.ts'
import { _ } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { TextField } from '../../ui/dialogs/fields.tsx'
import { PortsField } from '../../ui/dialogs/ports-field.tsx'
import { podFields } from './pod-fields.ts'

/** Creates an empty pod with its published ports. */
export function CreatePodDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [name, setName] = useState('')
  const [ports, setPorts] = useState<readonly Port[]>([])
  const draft = { name, ports }
  const errors = checkFields(podFields, draft)
  const create = async () => {
    await engine['pod.create']({ body: requestOf(podFields, draft) })
    await data.pods.refresh()
  }
  return (
    <ActionDialog
      title={_('Create pod')}
      description={_(
        'Containers in a pod share a network and a lifecycle: they reach each other at localhost, and start and stop together.',
      )}
      action={_('Create')}
      variant="medium"
      failed={_('Failed to create the pod')}
      disabled={!isSound(errors)}
      command={commandLine(can.program, 'pod', 'create', ...wordsOf(podFields, draft))}
      onSubmit={create}
      onClose={onClose}
    >
      <TextField label={_('Name')} value={name} onChange={setName} error={errors.name} required autoFocus />
      <PortsField rows={ports} onChange={setPorts} errors={errors.ports ?? []} />
      {ports.length === 0 && (
        <p className="berth-quiet">{_('Ports can only be published when the pod is created, not when containers are added.')}</p>
      )}
    </ActionDialog>
  )
}
