import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

import {
  ContainerSpec,
  type MountKind,
  mountFields,
  mountKinds,
  mountOptions,
  Mount,
  NamedVolume,
  OverlayVolume,
} from '../../../contract/index.ts'
import { resolveMounts } from './mounts.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'berth-mounts-'))
const store = { root: folder }
for (const name of ['source', 'upper', 'work']) mkdirSync(path.join(folder, name))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string) => path.join(folder, name)

/** The request for one mount of a kind with these options. */
const requests: Record<MountKind, (options: string[]) => ContainerSpec> = {
  bind: (options) => ({ mounts: [{ type: 'bind', source: at('source'), destination: '/m', options }] }),
  volume: (options) => ({ volumes: [{ Name: 'data', Dest: '/m', Options: options }] }),
  overlay: (options) => ({ overlay_volumes: [{ source: at('source'), destination: '/m', options }] }),
  'volume-overlay': (options) => ({ volumes: [{ Name: 'data', Dest: '/m', Options: [...new Set(['O', ...options])] }] }),
  tmpfs: (options) => ({ mounts: [{ type: 'tmpfs', destination: '/m', options }] }),
  ramfs: (options) => ({ mounts: [{ type: 'ramfs', destination: '/m', options }] }),
  devpts: (options) => ({ mounts: [{ type: 'devpts', destination: '/m', options }] }),
}

/** What has an effect only beside another, or is the default until its opposite is said. */
const defaults = [
  'rw',
  'readwrite',
  'suid',
  'dev',
  'exec',
  'rbind',
  'rprivate',
  'copy',
  'tmpcopyup',
  'nosuid',
  'nodev',
  'no-dereference',
  'O',
]
const values: Record<string, string> = {
  'upperdir=': `upperdir=${at('upper')}`,
  'workdir=': `workdir=${at('work')}`,
  'subpath=': 'subpath=a',
  'size=': 'size=1m',
  'mode=': 'mode=700',
  'uid=': 'uid=5',
  'gid=': 'gid=5',
  'ptmxmode=': 'ptmxmode=666',
  'max=': 'max=5',
  'idmap=': 'idmap=uids=0-1-1',
  'volume-opt=': 'volume-opt=type=tmpfs',
  'consistency=': 'consistency=cached',
}
const beside: Record<string, string[]> = { 'upperdir=': [values['workdir=']!], 'workdir=': [values['upperdir=']!] }

// Said of a folder of the host, it makes the mount one of the other kind.
const isOther = (name: string, kind: MountKind) => name === 'O' && (kind === 'bind' || kind === 'volume')
const cases = Object.keys(mountOptions)
  .flatMap((name) => mountKinds.map((kind) => ({ name, kind, state: mountOptions[name]!.on[kind] ?? 'unknown' })))
  .filter(({ name, kind }) => !isOther(name, kind))

const map = [{ container_id: 0, host_id: 5000, size: 100 }]
const ids = { uids: map, gids: map }

test.each(cases)('option $name of a $kind mount is $state', ({ name, kind, state }) => {
  const warnings: string[] = []
  const option = values[name] ?? name
  const resolve = (options: string[]) => resolveMounts(store, requests[kind](options), [], warnings, { selinux: true }, { ids })
  const resolved = () => resolve([option, ...(beside[name] ?? [])])
  if (state === 'unknown' || state === 'refused') {
    expect(resolved).toThrow(expect.objectContaining({ code: state === 'refused' ? 'NotSupported' : 'InvalidArgument' }))
    expect(resolved).toThrow(option.split('=')[0])
    return
  }
  const [plain] = resolve([])
  expect(warnings).toEqual([])
  const [found] = resolved()
  if (state === 'warned') {
    expect(found).toEqual(plain)
    expect(warnings).toEqual([expect.stringContaining(JSON.stringify(option))])
  } else {
    expect(warnings).toEqual([])
    // It begins empty in any case.
    if (!defaults.includes(name) && `${kind} ${name}` !== 'ramfs notmpcopyup') expect(found).not.toEqual(plain)
  }
})

test.each([
  ['bind', ['ro', 'rw']],
  ['bind', ['z', 'Z']],
  ['bind', ['shared', 'rslave']],
  ['bind', ['U', 'U']],
  ['volume', ['copy', 'nocopy']],
  ['volume-overlay', ['z']],
  ['overlay', [`upperdir=${'/tmp'}`]],
  ['overlay', ['ro']],
  ['overlay', ['O', `upperdir=/nonexistent`, 'workdir=/tmp']],
  ['tmpfs', ['size=1m', 'size=2m']],
  ['tmpfs', ['size=']],
  ['tmpfs', ['size=1m,uid=0']],
  ['tmpfs', ['mode=999']],
  ['tmpfs', ['tmpcopyup', 'notmpcopyup']],
  ['volume', ['subpath=a', 'shared']],
  ['bind', ['constructor']],
  ['bind', ['']],
] as const)('a %s mount with %j is refused', (kind, options) => {
  expect(() => resolveMounts(store, requests[kind]([...options]), [])).toThrow(
    expect.objectContaining({ code: 'InvalidArgument' }),
  )
})

test('labels have nothing to act on where there is no SELinux', () => {
  const warnings: string[] = []
  resolveMounts(store, requests.bind(['z']), [], warnings, { selinux: false })
  expect(warnings).toEqual([])
})

test('every field of a mount is in the table', () => {
  const fields = [
    ...Object.keys(Mount.entries).map((name) => `mounts.${name}`),
    ...Object.keys(NamedVolume.entries).map((name) => `volumes.${name}`),
    ...Object.keys(OverlayVolume.entries).map((name) => `overlay_volumes.${name}`),
    ...Object.keys(ContainerSpec.entries).filter(
      (name) =>
        /volumes/.test(name) &&
        !['volumes', 'overlay_volumes', 'image_volumes', 'volumes_from', 'artifact_volumes'].includes(name),
    ),
  ]
  expect(Object.keys(mountFields).toSorted()).toEqual(fields.toSorted())
})

const plainField: Record<string, [ContainerSpec, ContainerSpec]> = {
  'mounts.destination': [requests.tmpfs([]), { mounts: [{ type: 'tmpfs', destination: '/n' }] }],
  'mounts.source': [requests.bind([]), { mounts: [{ source: at('upper'), destination: '/m' }] }],
  'mounts.type': [requests.tmpfs([]), requests.ramfs([])],
  'mounts.options': [requests.bind([]), requests.bind(['ro'])],
  'volumes.Name': [requests.volume([]), { volumes: [{ Name: 'other', Dest: '/m' }] }],
  'volumes.Dest': [requests.volume([]), { volumes: [{ Name: 'data', Dest: '/n' }] }],
  'volumes.Options': [requests.volume([]), requests.volume(['ro'])],
  'volumes.IsAnonymous': [requests.volume([]), { volumes: [{ Name: 'data', Dest: '/m', IsAnonymous: true }] }],
  'volumes.SubPath': [requests.volume([]), { volumes: [{ Name: 'data', Dest: '/m', SubPath: 'a' }] }],
  'overlay_volumes.destination': [requests.overlay([]), { overlay_volumes: [{ source: at('source'), destination: '/n' }] }],
  'overlay_volumes.source': [requests.overlay([]), { overlay_volumes: [{ source: at('upper'), destination: '/m' }] }],
  'overlay_volumes.options': [requests.overlay([]), requests.overlay(['U'])],
}
const refusedField: Record<string, ContainerSpec> = {
  'mounts.uidMappings': { mounts: [{ type: 'tmpfs', destination: '/m', uidMappings: [{}] }] },
  'mounts.gidMappings': { mounts: [{ type: 'tmpfs', destination: '/m', gidMappings: [{}] }] },
}

test.each(Object.entries(mountFields))('field %s is %s', (field, state) => {
  if (state === 'refused')
    return expect(() => resolveMounts(store, refusedField[field]!, [])).toThrow(expect.objectContaining({ code: 'NotSupported' }))
  const [one, other] = plainField[field]!
  return expect(resolveMounts(store, one, [])).not.toEqual(resolveMounts(store, other, []))
})

test("the owner of the system's own folders cannot be asked for", () => {
  for (const source of ['/', '/etc', '/usr/', '/proc/self/root/etc'])
    expect(() => resolveMounts(store, { mounts: [{ source, destination: '/m', options: ['U'] }] }, [])).toThrow(
      expect.objectContaining({ code: 'AccessDenied' }),
    )
})
