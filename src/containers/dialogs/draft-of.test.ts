import { expect, test } from 'vitest'

import type { ContainerInspect, Output } from '../../../engine/contract/index.ts'
import { fakeContainer } from '../../testing/fake-data.ts'
import { fakeInspect } from '../../testing/fake-inspect.ts'
import { draftOf } from './container-fields.ts'
import type { Seen } from './fields/container-field.ts'

const plain = fakeInspect(fakeContainer('web'))

function seen(changes: Partial<ContainerInspect>, more: Partial<Seen> = {}): Seen {
  return { inspect: { ...plain, ...changes }, image: undefined, sameContainer: false, rootless: false, ...more }
}

const host = (changes: Record<string, unknown>) => ({ HostConfig: { ...plain.HostConfig, ...changes } })
const config = (changes: Record<string, unknown>) => ({ Config: { ...plain.Config, ...changes } })

const image = {
  Config: { Env: ['NGINX_VERSION=1.29.3'], Cmd: ['nginx'], Entrypoint: ['/entry'], User: 'www', Volumes: { '/cache': {} } },
  Labels: { maintainer: 'a' },
} as unknown as Output<'image.inspect'>

test('what the image says is not said again', () => {
  const { Env } = plain.Config
  const draft = draftOf(
    seen(
      config({
        Env: [...Env, 'OWN=1'],
        Cmd: ['nginx'],
        Entrypoint: ['/entry'],
        User: 'www',
        Labels: { maintainer: 'a', own: 'b' },
      }),
      { image },
    ),
  )
  expect(draft).toMatchObject({
    variables: [{ name: 'OWN', value: '1' }],
    command: '',
    entrypoint: '',
    user: '',
    labels: [{ name: 'own', value: 'b' }],
  })
})

test('with another entrypoint the command is its own, though it is that of the image', () => {
  expect(draftOf(seen(config({ Cmd: ['nginx'], Entrypoint: ['/other', 'a b'] }), { image }))).toMatchObject({
    command: 'nginx',
    entrypoint: "/other 'a b'",
  })
})

test('ports that follow each other are a range', () => {
  const binding = (port: number) => [{ HostIp: '0.0.0.0', HostPort: String(port) }]
  const PortBindings = {
    '90/tcp': binding(8000),
    '91/tcp': binding(8001),
    '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
    '80/tcp': [{ HostIp: '', HostPort: '0' }],
  }
  expect(draftOf(seen(host({ PortBindings }))).ports).toEqual([
    { address: '127.0.0.1', host: '53', container: '53', protocol: 'udp' },
    { address: '', host: '', container: '80', protocol: 'tcp' },
    { address: '', host: '8000-8001', container: '90-91', protocol: 'tcp' },
  ])
})

test('mounts of every kind; anonymous volumes of another container are new ones', () => {
  const anonymous = 'a'.repeat(64)
  const mount = { Driver: '', Mode: '', Options: [], RW: true, Propagation: 'rprivate' }
  const Mounts = [
    { ...mount, Type: 'bind', Source: '/srv', Destination: '/srv', RW: false, Options: ['rbind', 'noexec'] },
    { ...mount, Type: 'volume', Name: 'data', Source: '', Destination: '/data', Options: ['U'] },
    { ...mount, Type: 'volume', Name: anonymous, Source: '', Destination: '/own' },
    { ...mount, Type: 'volume', Name: anonymous, Source: '', Destination: '/cache' },
    { ...mount, Type: 'bind', Source: '/x', Destination: '/over', Options: ['lowerdir=/low', 'upperdir=/u', 'workdir=/w'] },
  ]
  const changes = { Mounts, ...host({ Tmpfs: { '/tmp': 'rw,rprivate,nosuid,nodev,size=1m,tmpcopyup' } }) }
  const rows = (sameContainer: boolean) =>
    draftOf(seen(changes, { image, sameContainer })).volumes.map(({ type, source, target, mode, options }) =>
      [type, source, target, mode, options].join(' '),
    )
  expect(rows(false)).toEqual([
    'bind /srv /srv ro noexec',
    'volume data /data rw U',
    'volume  /own rw ',
    'bind /low /over rw O',
    'tmpfs  /tmp rw size=1m',
  ])
  expect(rows(true)[2]).toBe(`volume ${anonymous} /own rw `)
})

test('networks, or the default', () => {
  const settings = (Networks: object) =>
    ({ NetworkSettings: { ...plain.NetworkSettings, Networks } }) as Partial<ContainerInspect>
  const id = plain.Id.slice(0, 12)
  expect(draftOf(seen(settings({ podman: { Aliases: [id] } })))).toMatchObject({ network: '', networks: [] })
  expect(draftOf(seen(settings({ back: { Aliases: ['db', id] } })))).toMatchObject({
    network: 'bridge',
    networks: [{ name: 'back', aliases: 'db', ip: '' }],
  })
  expect(draftOf(seen(host({ NetworkMode: 'pasta' }), { rootless: true })).network).toBe('')
  expect(draftOf(seen(host({ NetworkMode: 'host' }))).network).toBe('host')
})

test('limits and policies', () => {
  const HostConfig = host({
    Memory: 3 * 1024 ** 3,
    MemorySwap: 6 * 1024 ** 3,
    CpuQuota: 50_000,
    CpuPeriod: 100_000,
    PidsLimit: 100,
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 5 },
    CapAdd: ['CAP_NET_ADMIN'],
    Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: '' }],
  })
  expect(draftOf(seen(HostConfig))).toMatchObject({
    memory: '3',
    memoryUnit: 'GiB',
    swap: '',
    cpus: '0.5',
    pids: '100',
    restart: 'on-failure',
    retries: '5',
    capAdd: 'NET_ADMIN',
    devices: [{ host: '/dev/fuse', container: '', access: 'rwm' }],
  })
})

test('a health check of its own', () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'curl -f x'], Interval: 10e9, Timeout: 30e9, Retries: 3 }
  expect(draftOf(seen(config({ Healthcheck })))).toMatchObject({
    health: 'command',
    healthCommand: 'curl -f x',
    healthInterval: '10s',
    healthTimeout: '',
  })
})
