import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection'
import { useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { checkFields, isSound, requestOf, wordsOf } from '../../engine/fields/field.ts'
import { formatMemory, formatNumber } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { PortsField } from '../../ui/dialogs/ports-field.tsx'
import { LabelsField } from '../../ui/dialogs/labels-field.tsx'
import { emptyPod, type PodDraft, podFields, shareable } from './pod-fields.ts'

type Errors = ReturnType<typeof checkFields<PodDraft>>

interface PartProps {
  draft: PodDraft
  errors: Errors
  set: (change: Partial<PodDraft>) => void
}

/** Creates a pod without containers: its network, its limits, and what its containers will share. */
export function CreatePodDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const [draft, setDraft] = useState(emptyPod)
  const errors = checkFields(podFields, draft)
  const set = (change: Partial<PodDraft>) => setDraft((before) => ({ ...before, ...change }))
  const create = async () => {
    await engine['pod.create']({ body: requestOf(podFields, draft) })
    await data.pods.refresh()
  }
  const part = { draft, errors, set }
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
      <TextField
        label={_('Name')}
        value={draft.name}
        onChange={(name) => set({ name })}
        error={errors.name}
        placeholder={_('Generated if empty')}
        autoFocus
      />
      {draft.infra && <Network {...part} />}
      <Limits {...part} />
      <Lifecycle {...part} />
      <Sharing {...part} />
      <LabelsField rows={draft.labels} onChange={(labels) => set({ labels })} errors={errors.labels ?? []} />
    </ActionDialog>
  )
}

function Network({ draft, errors, set }: PartProps) {
  const { info } = useEngine()
  const modes = info.host.security.rootless ? ['pasta', 'bridge', 'host', 'none'] : ['bridge', 'host', 'none']
  return (
    <>
      <PortsField rows={draft.ports} onChange={(ports) => set({ ports })} errors={errors.ports ?? []} />
      {draft.ports.length === 0 && (
        <p className="berth-quiet">{_('Ports can only be published when the pod is created, not when containers are added.')}</p>
      )}
      <div className="berth-columns">
        <TextField
          label={_('Network')}
          value={draft.network}
          onChange={(network) => set({ network })}
          error={errors.network}
          placeholder={_('Default')}
          suggestions={modes}
          help={_('A network, or bridge, host or none.')}
        />
        <TextField
          label={_('Hostname')}
          value={draft.hostname}
          onChange={(hostname) => set({ hostname })}
          error={errors.hostname}
          placeholder={_('Name of the pod')}
        />
      </div>
    </>
  )
}

function Limits({ draft, errors, set }: PartProps) {
  const { info } = useEngine()
  return (
    <div className="berth-columns">
      <TextField
        label={_('Memory limit')}
        value={draft.memory}
        onChange={(memory) => set({ memory })}
        error={errors.memory}
        placeholder={_('None')}
        help={format(_('Of all containers together. The host has {memory}.'), { memory: formatMemory(info.host.memTotal) })}
        beside={<span className="berth-pod-unit">MiB</span>}
      />
      <TextField
        label={_('CPU limit')}
        value={draft.cpus}
        onChange={(cpus) => set({ cpus })}
        error={errors.cpus}
        placeholder={_('None')}
        help={format(_('Number of CPUs, such as 1.5. The host has {count}.'), { count: formatNumber(info.host.cpus) })}
      />
      <TextField
        label={_('PID limit')}
        value={draft.pids}
        onChange={(pids) => set({ pids })}
        error={errors.pids}
        placeholder={_('None')}
      />
    </div>
  )
}

function Lifecycle({ draft, set }: PartProps) {
  return (
    <div className="berth-columns">
      <SelectField
        label={_('Restart policy')}
        value={draft.restart}
        onChange={(restart) => set({ restart })}
        options={[
          ['no', C_('restart', 'No')],
          ['on-failure', _('On failure')],
          ['always', _('Always')],
          ['unless-stopped', _('Unless stopped')],
        ]}
        help={_('Of containers that have none of their own.')}
      />
      <SelectField
        label={_('When the last container exits')}
        value={draft.exitPolicy}
        onChange={(exitPolicy) => set({ exitPolicy })}
        options={[
          ['continue', _('Keep the pod running')],
          ['stop', _('Stop the pod')],
        ]}
      />
    </div>
  )
}

function Sharing({ draft, set }: PartProps) {
  const titles = { ipc: _('IPC'), net: _('Network'), uts: _('Hostname'), pid: _('Processes') }
  return (
    <ExpandableSection toggleText={_('Sharing')} className="berth-pod-sharing">
      <CheckField
        label={_('Infra container')}
        value={draft.infra}
        onChange={(infra) => set({ infra })}
        help={_('Holds what the containers share. Without it nothing is shared and no port is published.')}
      />
      {draft.infra && (
        <>
          {shareable.map((kind) => (
            <CheckField
              key={kind}
              label={titles[kind]}
              value={draft.share.includes(kind)}
              onChange={(on) => set({ share: on ? [...draft.share, kind] : draft.share.filter((each) => each !== kind) })}
            />
          ))}
          <SelectField
            label={_('User namespace')}
            value={draft.userns}
            onChange={(userns) => set({ userns })}
            options={[
              ['', _('Default')],
              ['keep-id', _('Your own ID inside as well (keep-id)')],
              ['auto', _('IDs of its own (auto)')],
              ['nomap', _('Without your own ID (nomap)')],
              ['host', _('Same as the engine (host)')],
            ]}
          />
        </>
      )}
    </ExpandableSection>
  )
}
