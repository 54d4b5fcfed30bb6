import type { ContainerSpec } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import { listField, rowsField, switchField, textField } from '../../../engine/fields/field.ts'
import type { Device } from '../draft.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

function readCapabilities(key: 'cap_add' | 'cap_drop', names: readonly string[]): ContainerSpec {
  const wrong = names.find((each) => !/^[a-z][a-z_0-9]*$/i.test(each))
  if (wrong !== undefined) throw badValue('"{capability}" is not a capability, such as NET_ADMIN.', { capability: wrong })
  return { [key]: [...names] }
}

/** `keep-id`, `keep-id:uid=1000`, `auto`, `host`. */
function readNamespace(text: string): ContainerSpec {
  const [mode = '', value] = text.split(/:(.*)/s)
  return { userns: { nsmode: mode as 'host', ...(value === undefined ? {} : { value }) } }
}

function deviceText({ host, container, access }: Device): string {
  if (host === '' && container === '') return ''
  const rights = access === 'rwm' ? [] : [access]
  return [host, ...(container === '' ? [] : [container]), ...rights].join(':')
}

function requireDevice({ host, container }: Device): void {
  for (const path of [host, ...(container === '' ? [] : [container])])
    if (!path.startsWith('/') || path.includes(':')) throw badValue('Enter the absolute path of a device, such as /dev/fuse.')
}

const short = (names: unknown): string =>
  Array.isArray(names) ? names.map((each) => String(each).replace(/^CAP_/, '')).join(' ') : ''

function devicesOf({ inspect: { HostConfig } }: Seen): Device[] {
  const devices = Array.isArray(HostConfig['Devices']) ? (HostConfig['Devices'] as Record<string, string>[]) : []
  return devices.map(({ PathOnHost = '', PathInContainer = '', CgroupPermissions = '' }) => ({
    host: PathOnHost,
    container: PathInContainer === PathOnHost ? '' : PathInContainer,
    access: CgroupPermissions || 'rwm',
  }))
}

/** What a container may do. */
export const securityFields: readonly ContainerField[] = [
  containerField(
    switchField('privileged', ['--privileged'], ({ privileged }) => privileged, { privileged: true }),
    { group: 'security', fill: ({ inspect }) => ({ privileged: inspect.HostConfig.Privileged }) },
  ),
  containerField(
    switchField('readOnly', ['--read-only'], ({ readOnly }) => readOnly, {
      read_only_filesystem: true,
      // As the command line has it: what must be written to stays in memory.
      read_write_tmpfs: true,
    }),
    { group: 'security', fill: ({ inspect }) => ({ readOnly: inspect.HostConfig.ReadonlyRootfs }) },
  ),
  containerField(
    {
      name: 'noNewPrivileges',
      flags: ['--security-opt'],
      check: () => undefined,
      words: ({ noNewPrivileges }) => (noNewPrivileges ? ['--security-opt', 'no-new-privileges'] : []),
      request: ({ noNewPrivileges }) => (noNewPrivileges ? { no_new_privileges: true } : {}),
    },
    {
      group: 'security',
      fill: ({ inspect }) => ({
        noNewPrivileges: ((inspect.HostConfig['SecurityOpt'] ?? []) as string[]).includes('no-new-privileges'),
      }),
    },
  ),
  containerField(
    listField('capAdd', '--cap-add', {
      text: ({ capAdd }) => capAdd,
      read: (names) => readCapabilities('cap_add', names),
    }),
    { group: 'security', fill: ({ inspect }) => ({ capAdd: short(inspect.HostConfig['CapAdd']) }) },
  ),
  containerField(
    listField('capDrop', '--cap-drop', {
      text: ({ capDrop }) => capDrop,
      read: (names) => readCapabilities('cap_drop', names),
    }),
    { group: 'security', fill: ({ inspect }) => ({ capDrop: short(inspect.HostConfig['CapDrop']) }) },
  ),
  containerField(textField('userns', '--userns', { text: ({ userns }) => userns, read: readNamespace }), {
    group: 'security',
    needs: ['userns', 'idmappings.UIDMap'],
    fill: ({ inspect }) => ({ userns: String(inspect.HostConfig['UsernsMode'] ?? '') }),
  }),
  containerField(
    rowsField('devices', '--device', {
      rows: ({ devices }) => devices,
      text: deviceText,
      read: (texts) => ({ devices: texts.map((path) => ({ path })) }),
      require: requireDevice,
      sample: { host: '/dev/null', container: '', access: 'rwm' },
    }),
    { group: 'security', fill: (seen) => ({ devices: devicesOf(seen) }) },
  ),
]
