import { useState } from 'react'

import { problemOf } from '../../../engine/spec/bad-value.ts'
import { checkName } from '../../../engine/spec/name.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { _, format } from '../../i18n/gettext.ts'
import { problemIn } from '../../i18n/problem.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField, TextField } from '../../ui/dialogs/fields.tsx'

/** Makes a copy of a pod and of its containers. */
export function ClonePodDialog({ pod, onClose }: { pod: PodSummary; onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [name, setName] = useState(`${pod.Name}-clone`)
  const [starts, setStarts] = useState(false)
  const check = () => checkName(name)
  const clone = async () => {
    try {
      await engine['pod.clone']({ name: pod.Id, start: starts, body: { name } })
    } finally {
      await Promise.all([data.pods.refresh(), data.containers.refresh()])
    }
  }
  return (
    <ActionDialog
      title={format(_('Clone pod {name}'), { name: pod.Name })}
      description={_(
        'Creates a pod with the same configuration and containers. Volumes are shared; files in containers are not copied.',
      )}
      action={_('Clone')}
      failed={_('Failed to clone the pod')}
      disabled={problemOf(check) !== undefined}
      command={commandLine(can.program, 'pod', 'clone', ...(starts ? ['--start'] : []), pod.Name, name)}
      onSubmit={clone}
      onClose={onClose}
    >
      <TextField label={_('Name')} value={name} onChange={setName} error={problemIn(check)} required autoFocus />
      <CheckField label={_('Start after creation')} value={starts} onChange={setStarts} />
    </ActionDialog>
  )
}
