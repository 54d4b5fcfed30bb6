import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect'

import { useEngine } from '../../lib/engine-context.tsx'
import { formatMemory, formatNumber } from '../../lib/format.ts'
import { _, format } from '../../lib/gettext.ts'
import type { PodSummary } from '../../lib/live-data.ts'
import { CheckField, SelectField, TextField } from '../../ui/fields.tsx'
import type { Draft, DraftErrors, MemoryUnit } from './draft.ts'
import { PortsField, VariablesField, VolumesField } from './draft-rows.tsx'

interface FieldsProps {
  draft: Draft
  errors: DraftErrors
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
        help={_('One that is not here yet is pulled first.')}
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
          placeholder={_('Chosen for you')}
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
          placeholder={_("The image's own")}
        />
        <TextField
          label={_('Entry point')}
          value={draft.entrypoint}
          onChange={(entrypoint) => onChange({ entrypoint })}
          placeholder={_("The image's own")}
        />
      </div>
      <VariablesField rows={draft.variables} onChange={(variables) => onChange({ variables })} errors={errors.variables} />
      {draft.pod === '' ? (
        <PortsField rows={draft.ports} onChange={(ports) => onChange({ ports })} errors={errors.ports} />
      ) : (
        <p className="berth-quiet">{_('Its ports are those of the pod.')}</p>
      )}
      <VolumesField rows={draft.volumes} onChange={(volumes) => onChange({ volumes })} errors={errors.volumes} />
      <Limits {...props} />
      <Behaviour {...props} />
    </>
  )
}

function Limits({ draft, errors, onChange }: FieldsProps) {
  const { info, can } = useEngine()
  if (!can.has('limits'))
    return (
      <p className="berth-quiet">{_('Memory and CPU cannot be limited here: no control group was delegated to your account.')}</p>
    )
  const unit = (
    <FormSelect
      value={draft.memoryUnit}
      aria-label={_('Unit of the memory limit')}
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
        help={format(_('In processors, such as 1.5. The host has {count}.'), { count: formatNumber(info.host.cpus) })}
      />
    </div>
  )
}

function Behaviour({ draft, onChange }: FieldsProps) {
  return (
    <>
      <SelectField
        label={_('When it ends by itself')}
        value={draft.restart}
        onChange={(restart) => onChange({ restart })}
        options={[
          ['no', _('Leave it')],
          ['on-failure', _('Start it again if it failed')],
          ['always', _('Always start it again')],
          ['unless-stopped', _('Start it again unless somebody stopped it')],
        ]}
      />
      <CheckField
        label={_('Give it a terminal')}
        value={draft.terminal}
        onChange={(terminal) => onChange({ terminal })}
        help={_('For shells and other programs that people talk to.')}
      />
      <CheckField label={_('Start it at once')} value={draft.start} onChange={(start) => onChange({ start })} />
    </>
  )
}
