import { useEngine } from '../../engine/engine-context.tsx'
import { useStore } from '../../hooks/use-store.ts'
import { formatMemory, formatNumber } from '../../i18n/format.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { MemoryUnitSelect } from './inputs/memory-unit.tsx'
import { DraftCheck, DraftSelect, DraftText, useDraft } from './draft-context.tsx'
import { PortsField } from '../../ui/dialogs/ports-field.tsx'
import { DraftGroups } from './draft-groups.tsx'
import { VariablesField, VolumesField } from './draft-rows.tsx'
import { ImageHints } from './image-hints.tsx'
import { ImageInput } from './inputs/image-input.tsx'

/** All that describes a container: the common fields, and the others in groups. */
export function DraftFields() {
  const { draft, errors, onChange, editing } = useDraft()
  return (
    <>
      <TextField
        label={_('Image')}
        value={draft.image}
        onChange={(image) => onChange({ image })}
        error={errors.image}
        help={_('An image that is missing on this host is pulled first.')}
        placeholder="registry/name:tag"
        Input={ImageInput}
        required
        autoFocus={draft.image === ''}
      />
      <ImageHints />
      {!editing && <Place />}
      <div className="berth-columns">
        <DraftText field="command" label={_('Command')} placeholder={_('Image default')} />
        <DraftText field="entrypoint" label={_('Entrypoint')} placeholder={_('Image default')} />
      </div>
      <VariablesField rows={draft.variables} onChange={(variables) => onChange({ variables })} errors={errors.variables ?? []} />
      {draft.pod === '' ? (
        <PortsField
          rows={draft.ports}
          onChange={(ports) => onChange({ ports })}
          errors={errors.ports ?? []}
          owner={editing ? draft.name : undefined}
        />
      ) : (
        <p className="berth-quiet">{_('Ports are published by the pod.')}</p>
      )}
      <VolumesField rows={draft.volumes} onChange={(volumes) => onChange({ volumes })} errors={errors.volumes ?? []} />
      <Limits />
      <Behaviour />
      <DraftGroups />
    </>
  )
}

/** What it is called, and in which pod it is. */
function Place() {
  const { draft, errors, onChange } = useDraft()
  const { data } = useEngine()
  const pods = useStore(data.pods).items ?? []
  return (
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
  )
}

function Limits() {
  const { draft, errors, onChange } = useDraft()
  const { info, can } = useEngine()
  if (!can.has('limits'))
    return <p className="berth-quiet">{_('Memory and CPU limits are not available: no cgroup is delegated to your account.')}</p>
  return (
    <div className="berth-columns">
      <TextField
        label={_('Memory limit')}
        value={draft.memory}
        onChange={(memory) => onChange({ memory })}
        error={errors.memory}
        placeholder={_('None')}
        help={format(_('The host has {memory}.'), { memory: formatMemory(info.host.memTotal) })}
        beside={<MemoryUnitSelect value={draft.memoryUnit} onChange={(memoryUnit) => onChange({ memoryUnit })} />}
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

function Behaviour() {
  const { draft, onChange, editing } = useDraft()
  return (
    <>
      <div className="berth-columns">
        <DraftSelect
          field="restart"
          label={_('Restart policy')}
          options={[
            ['no', C_('restart', 'No')],
            ['on-failure', _('On failure')],
            ['always', _('Always')],
            ['unless-stopped', _('Unless stopped')],
          ]}
        />
        {draft.restart === 'on-failure' && <DraftText field="retries" label={_('Maximum retries')} placeholder={_('No limit')} />}
      </div>
      <DraftCheck field="terminal" label={_('Allocate a TTY')} help={_('For shells and other interactive programs.')} />
      {!editing && <CheckField label={_('Start after creation')} value={draft.start} onChange={(start) => onChange({ start })} />}
    </>
  )
}
