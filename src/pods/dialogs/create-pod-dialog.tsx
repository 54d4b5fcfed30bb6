import { useState } from 'react'

import { checkDraft, emptyDraft, isSound, type Port, toCommand, toSpec } from '../../containers/dialogs/draft.ts'
import { PortsField } from '../../containers/dialogs/draft-rows.tsx'
import { commandLine } from '../../lib/command-line.ts'
import { useEngine } from '../../lib/engine-context.tsx'
import { _ } from '../../lib/gettext.ts'
import { nameError } from '../../lib/names.ts'
import { ActionDialog } from '../../ui/action-dialog.tsx'
import { TextField } from '../../ui/fields.tsx'

/** Makes an empty pod; its ports are those of all containers that will be in it. */
export function CreatePodDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [name, setName] = useState('')
  const [ports, setPorts] = useState<readonly Port[]>([])
  const draft = { ...emptyDraft, image: '-', ports }
  const errors = checkDraft(draft, { cpus: 1 })
  const error = name === '' ? _('Give a name.') : nameError(name)
  const create = async () => {
    const { portmappings } = toSpec(draft)
    await engine['pod.create']({ body: { name, ...(portmappings ? { portmappings } : {}) } })
    await data.pods.refresh()
  }
  const publish = toCommand(draft, '').slice(3, -1)
  return (
    <ActionDialog
      title={_('Create a pod')}
      description={_(
        'Containers in a pod share one network and one life: they reach each other at localhost, and start and stop together.',
      )}
      action={_('Create')}
      variant="medium"
      failed={_('The pod was not created')}
      disabled={error !== undefined || !isSound(errors)}
      command={commandLine(can.program, 'pod', 'create', ...publish, name || 'NAME')}
      onSubmit={create}
      onClose={onClose}
    >
      <TextField label={_('Name')} value={name} onChange={setName} error={error} required autoFocus />
      <PortsField rows={ports} onChange={setPorts} errors={errors.ports} />
      {ports.length === 0 && (
        <p className="berth-quiet">{_('Ports can be published only now, not for a container that is put into the pod later.')}</p>
      )}
    </ActionDialog>
  )
}
