import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'

import { useEngine } from '../../engine/engine-context.tsx'
import { formatMemory, formatNumber } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import type { PodSummary } from '../../engine/live/live-data.ts'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import type { FieldErrors } from '../../engine/fields/field.ts'
import type { Draft, MemoryUnit } from './draft.ts'
import { PortsField } from '../../ui/dialogs/ports-field.tsx'
import { VariablesField, VolumesField } from './draft-rows.tsx'

interface FieldsProps {
  draft: Draft
  errors: FieldErrors<Draft>
  onChange: (change: Partial<Draft>) => void
}

/** All that describes a container. `images` are suggested. */
export function DraftFields({
  images,
  pods,
  ...props
}: FieldsProps & { images: readonly string[]; pods: readonly PodSummary[] }) {
  const { draft, errors, onChange } = props
  return (
    <>
      <TextField
        label={_('Image')}
        value={draft.image}
        onChange={(image) => onChange({ image })}
        error={errors.image}
        help={_('An image that is missing on this host is pulled first.')}
        placeholder="registry/name:tag"
        suggestions={images}
        required
        autoFocus={draft.image === ''}
      />
      <div className="berth-columns">
        <TextField
          label={_('Name')}
          value={draft.name}
          onChange={(name) => onChange({ name })}
          error={errors.name}
          placeholder={_('Generated if empty')}
          autoFocus={draft.image !== ''}
        />
        <SelectField
          label={_('Pod')}
          value={draft.pod}
          onChange={(pod) => onChange({ pod })}
          options={[['', _('None')], ...pods.map(({ Name }) => [Name, Name] as const)]}
        />
      </div>
      <div className="berth-columns">
        <TextField
          label={_('Command')}
          value={draft.command}
          onChange={(command) => onChange({ command })}
          placeholder={_('Image default')}
        />
        <TextField
          label={_('Entrypoint')}
          value={draft.entrypoint}
          onChange={(entrypoint) => onChange({ entrypoint })}
          placeholder={_('Image default')}
        />
      </div>
      <VariablesField rows={draft.variables} onChange={(variables) => onChange({ variables })} errors={errors.variables ?? []} />
      {draft.pod === '' ? (
        <PortsField rows={draft.ports} onChange={(ports) => onChange({ ports })} errors={errors.ports ?? []} />
      ) : (
        <p className="berth-quiet">{_('Ports are published by the pod.')}</p>
      )}
      <VolumesField rows={draft.volumes} onChange={(volumes) => onChange({ volumes })} errors={errors.volumes ?? []} />
      <Limits {...props} />
      <Behaviour {...props} />
    </>
  )
}

function Limits({ draft, errors, onChange }: FieldsProps) {
  const { info, can } = useEngine()
  if (!can.has('limits'))
    return <p className="berth-quiet">{_('Memory and CPU limits are not available: no cgroup is delegated to your account.')}</p>
  const unit = (
    <FormSelect
      value={draft.memoryUnit}
      aria-label={_('Memory limit unit')}
      className="berth-unit"
      onChange={(_event, value) => onChange({ memoryUnit: value as MemoryUnit })}
    >
      <FormSelectOption value="MiB" label="MiB" />
      <FormSelectOption value="GiB" label="GiB" />
    </FormSelect>
  )
  return (
    <div className="berth-columns">
      <TextField
        label={_('Memory limit')}
        value={draft.memory}
        onChange={(memory) => onChange({ memory })}
        error={errors.memory}
        placeholder={_('None')}
        help={format(_('The host has {memory}.'), { memory: formatMemory(info.host.memTotal) })}
        beside={unit}
      />
      <TextField
        label={_('CPU limit')}
        value={draft.cpus}
        onChange={(cpus) => onChange({ cpus })}
        error={errors.cpus}
        placeholder={_('None')}
        help={format(_('Number of CPUs, such as 1.5. The host has {count}.'), { count: formatNumber(info.host.cpus) })}
      />
    </div>
  )
}

function Behaviour({ draft, onChange }: FieldsProps) {
  return (
    <>
      <SelectField
        label={_('Restart policy')}
        value={draft.restart}
        onChange={(restart) => onChange({ restart })}
        options={[
          ['no', C_('restart', 'No')],
          ['on-failure', _('On failure')],
          ['always', _('Always')],
          ['unless-stopped', _('Unless stopped')],
        ]}
      />
      <CheckField
        label={_('Allocate a TTY')}
        value={draft.terminal}
        onChange={(terminal) => onChange({ terminal })}
        help={_('For shells and other interactive programs.')}
      />
      <CheckField label={_('Start after creation')} value={draft.start} onChange={(start) => onChange({ start })} />
    </>
  )
}
