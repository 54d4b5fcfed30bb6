import { useCallback } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { useCall } from '../../hooks/use-call.ts'
import { _ } from '../../i18n/gettext.ts'
import { type CellInputProps, type Rows, RowsField } from '../../ui/dialogs/rows-field.tsx'
import { SuggestInput } from '../../ui/dialogs/suggest-input.tsx'
import {
  type Device,
  emptyDevice,
  emptyHost,
  emptyNetwork,
  emptyPair,
  emptySecret,
  emptyVolume,
  type Host,
  type NetworkRow,
  type Pair,
  type SecretRow,
  type Volume,
} from './draft.ts'
import { PathInput, SourceInput } from './inputs/path-input.tsx'
import { PairLines } from './pair-lines.tsx'

/** Environment variables: row by row, as pasted lines, or from a file. */
export function VariablesField(props: Rows<Pair>) {
  const { rows, onChange } = props
  return (
    <RowsField
      {...props}
      title={_('Environment variables')}
      add={_('Add variable')}
      empty={emptyPair}
      columns={[
        { key: 'name', label: _('Variable'), placeholder: 'NAME' },
        { key: 'value', label: _('Value') },
      ]}
      help={<PairLines rows={rows} onChange={onChange} label={_('Lines such as NAME=VALUE')} />}
    />
  )
}

/** Folders of the host, volumes and memory file systems inside the container. */
export function VolumesField(props: Rows<Volume>) {
  const { info } = useEngine()
  const { selinuxEnabled } = info.host.security
  return (
    <RowsField
      {...props}
      title={_('Volumes')}
      add={_('Add volume')}
      empty={emptyVolume}
      help={
        props.rows.length > 0 && (
          <p className="berth-quiet">
            {selinuxEnabled
              ? _('Options: z or Z relabel for SELinux, shared or private; U gives the files to the user of the container.')
              : _('Options: U gives the files to the user of the container; noexec, O and others as on the command line.')}
          </p>
        )
      }
      columns={[
        {
          key: 'type',
          label: _('Type'),
          options: [
            ['bind', _('Host path')],
            ['volume', _('Volume')],
            ['tmpfs', 'tmpfs'],
          ],
          narrow: true,
        },
        { key: 'source', label: _('Host path or volume name'), Input: SourceInput },
        { key: 'target', label: _('Container path'), placeholder: '/data' },
        {
          key: 'mode',
          label: _('Mode'),
          options: [
            ['rw', _('Read-write')],
            ['ro', _('Read-only')],
          ],
          narrow: true,
        },
        { key: 'options', label: _('Options'), placeholder: selinuxEnabled ? 'z, U' : 'U', narrow: true },
      ]}
    />
  )
}

/** Secrets, as files or as variables. */
export function SecretsField(props: Rows<SecretRow>) {
  return (
    <RowsField
      {...props}
      title={_('Secrets')}
      add={_('Add secret')}
      empty={emptySecret}
      columns={[
        { key: 'name', label: _('Secret'), Input: SecretInput },
        {
          key: 'type',
          label: _('As'),
          options: [
            ['mount', _('File')],
            ['env', _('Variable')],
          ],
          narrow: true,
        },
        { key: 'target', label: _('File or variable name'), placeholder: _('The name of the secret') },
      ]}
    />
  )
}

/** The name of a secret, one of those that there are. */
function SecretInput({ value, row: _row, ...rest }: CellInputProps<'name' | 'type' | 'target'>) {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['secret.list']({}, { signal }), [engine])
  const { value: secrets = [] } = useCall(ask)
  const suggestions = secrets
    .filter(({ Spec }) => Spec.Name.includes(value) && Spec.Name !== value)
    .map(({ Spec }) => ({ value: Spec.Name, text: Spec.Driver.Name }))
  return <SuggestInput {...rest} value={value} suggestions={suggestions} />
}

/** Networks to connect to. */
export function NetworksField(props: Rows<NetworkRow>) {
  return (
    <RowsField
      {...props}
      title={_('Networks')}
      add={_('Add network')}
      empty={emptyNetwork}
      columns={[
        { key: 'name', label: _('Network'), placeholder: 'podman', Input: NetworkInput },
        { key: 'aliases', label: _('Aliases'), placeholder: 'web, www' },
        { key: 'ip', label: _('IP address'), placeholder: _('Chosen if empty') },
      ]}
    />
  )
}

/** The name of a network, one of those that there are. */
function NetworkInput({ value, row: _row, ...rest }: CellInputProps<'name' | 'aliases' | 'ip'>) {
  const { engine } = useEngine()
  const ask = useCallback((signal: AbortSignal) => engine['network.list']({}, { signal }), [engine])
  const { value: networks = [] } = useCall(ask)
  const suggestions = networks
    .filter(({ name }) => name.includes(value) && name !== value)
    .map(({ name, driver }) => ({ value: name, text: driver }))
  return <SuggestInput {...rest} value={value} suggestions={suggestions} />
}

/** Lines of /etc/hosts. */
export function HostsField(props: Rows<Host>) {
  return (
    <RowsField
      {...props}
      title={_('Hosts')}
      add={_('Add host')}
      empty={emptyHost}
      columns={[
        { key: 'name', label: _('Host name'), placeholder: 'db.example.org' },
        { key: 'address', label: _('IP address'), placeholder: '192.0.2.7' },
      ]}
    />
  )
}

/** Devices of the host. */
export function DevicesField(props: Rows<Device>) {
  return (
    <RowsField
      {...props}
      title={_('Devices')}
      add={_('Add device')}
      empty={emptyDevice}
      columns={[
        { key: 'host', label: _('Device of the host'), placeholder: '/dev/fuse', Input: PathInput },
        { key: 'container', label: _('Path in the container'), placeholder: _('Same path') },
        {
          key: 'access',
          label: _('Access'),
          options: [
            ['rwm', _('All')],
            ['rw', _('Read-write')],
            ['r', _('Read-only')],
          ],
          narrow: true,
        },
      ]}
    />
  )
}
