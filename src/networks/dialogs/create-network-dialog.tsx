import { useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { checkFields, type FieldErrors, isSound, requestOf, wordsOf } from '../../engine/fields/field.ts'
import { _, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { CheckField, SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { LabelsField } from '../../ui/dialogs/labels-field.tsx'
import { RowsField } from '../../ui/dialogs/rows-field.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { emptyNetworkDraft, type NetworkDraft, networkFields } from './network-fields.ts'

/** Creates a network. */
export function CreateNetworkDialog({ onClose }: { onClose: () => void }) {
  const { engine, data, can } = useEngine()
  const { success } = useToasts()
  const [draft, setDraft] = useState(emptyNetworkDraft)
  const change = (part: Partial<NetworkDraft>) => setDraft((old) => ({ ...old, ...part }))
  const errors = checkFields(networkFields, draft)
  const submit = async (signal: AbortSignal) => {
    const { name } = await engine['network.create']({ body: requestOf(networkFields, draft) }, { signal })
    await data.networks.refresh()
    success(format(_('Network {name} was created.'), { name }))
  }
  return (
    <ActionDialog
      title={_('Create network')}
      action={_('Create')}
      variant="medium"
      failed={_('Failed to create the network')}
      disabled={!isSound(errors)}
      command={commandLine(can.program, 'network', 'create', ...wordsOf(networkFields, draft))}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        label={_('Name')}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={errors.name}
        help={_('Generated if empty.')}
        placeholder="shop"
        autoFocus
      />
      <Fields draft={draft} errors={errors} onChange={change} />
    </ActionDialog>
  )
}

interface FieldsProps {
  draft: NetworkDraft
  errors: FieldErrors<NetworkDraft>
  onChange: (part: Partial<NetworkDraft>) => void
}

function Fields({ draft, errors, onChange }: FieldsProps) {
  const { driver } = draft
  return (
    <>
      <SelectField
        label={_('Driver')}
        value={driver}
        onChange={(next) => onChange({ driver: next })}
        options={[
          ['bridge', _('Bridge: a network of its own on this host')],
          ['macvlan', _('macvlan: on an interface of the host, with hardware addresses of their own')],
          ['ipvlan', _('ipvlan: on an interface of the host, with its hardware address')],
        ]}
      />
      {driver !== 'bridge' && (
        <TextField
          label={_('Interface of the host')}
          value={draft.parent}
          onChange={(parent) => onChange({ parent })}
          help={_('The one of the default route if empty.')}
          placeholder="eth0"
        />
      )}
      <RowsField
        rows={draft.subnets}
        errors={errors.subnets ?? []}
        onChange={(subnets) => onChange({ subnets })}
        title={_('Subnets')}
        add={_('Add subnet')}
        empty={{ subnet: '', gateway: '' }}
        columns={[
          { key: 'subnet', label: _('Subnet'), placeholder: '10.89.1.0/24' },
          { key: 'gateway', label: _('Gateway'), placeholder: '10.89.1.1' },
        ]}
      />
      <CheckField label={_('Enable IPv6')} value={draft.ipv6} onChange={(ipv6) => onChange({ ipv6 })} />
      <CheckField
        label={_('Internal')}
        value={draft.internal}
        onChange={(internal) => onChange({ internal })}
        help={_('Containers can reach each other, but nothing outside.')}
      />
      {driver === 'bridge' && (
        <CheckField
          label={_('Isolated')}
          value={draft.isolate}
          onChange={(isolate) => onChange({ isolate })}
          help={_('Other isolated networks of this host cannot reach it.')}
        />
      )}
      <CheckField
        label={_('Disable DNS')}
        value={draft.withoutDns}
        onChange={(withoutDns) => onChange({ withoutDns })}
        help={_('Containers cannot find each other by name.')}
      />
      <TextField label={_('MTU')} value={draft.mtu} onChange={(mtu) => onChange({ mtu })} error={errors.mtu} placeholder="1500" />
      <LabelsField rows={draft.labels} errors={errors.labels ?? []} onChange={(labels) => onChange({ labels })} />
    </>
  )
}
