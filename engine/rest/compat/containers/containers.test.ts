import { expect, test } from 'vitest'

import type { CallOptions, Engine, Pipe } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { serveFake } from '../../http/testing.ts'
import { attach } from './attach.ts'
import { start } from './lifecycle.ts'

const send = (method: string, path: string, body?: object): string => {
  const text = body ? JSON.stringify(body) : ''
  return `${method} ${path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

async function created(body: object) {
  let spec: unknown
  await using served = await serveFake({
    'container.create': (input: { body: unknown }) => {
      spec = input.body
      return Promise.resolve({ Id: 'f'.repeat(64), Warnings: [] })
    },
  })
  const answer = await served.raw(send('POST', '/v1.44/containers/create?name=/web&platform=linux/arm64', body))
  return { spec, answer }
}

test('volumes of other containers, GPUs and devices by name; links are refused with what takes their place', async () => {
  const devicesFor = async (...DeviceRequests: object[]) =>
    ((await created({ Image: 'web:1', HostConfig: { DeviceRequests } })).spec as { devices?: unknown }).devices
  const { spec } = await created({ Image: 'web:1', HostConfig: { VolumesFrom: ['data:ro'] } })
  expect(spec).toMatchObject({ volumes_from: ['data:ro'] })
  expect(await devicesFor({ Count: -1, Capabilities: [['gpu']] })).toEqual([{ path: 'nvidia.com/gpu=all' }])
  expect(await devicesFor({ Driver: 'nvidia', Count: 2 })).toEqual([{ path: 'nvidia.com/gpu=0' }, { path: 'nvidia.com/gpu=1' }])
  expect(await devicesFor({ DeviceIDs: ['GPU-1'], Capabilities: [['gpu', 'utility']] })).toEqual([
    { path: 'nvidia.com/gpu=GPU-1' },
  ])
  expect(await devicesFor({ Driver: 'cdi', DeviceIDs: ['vendor.com/class=one'] })).toEqual([{ path: 'vendor.com/class=one' }])
  const other = await created({ Image: 'web:1', HostConfig: { DeviceRequests: [{ Driver: 'other' }] } })
  expect(other.answer).toContain('The device driver')
  const linked = await created({ Image: 'web:1', HostConfig: { Links: ['db:db'] } })
  expect(linked.answer).toContain('find each other by name')
})

test('a container as docker-cli asks for it', async () => {
  const { spec, answer } = await created({
    Image: 'web:1',
    Cmd: ['serve', '-v'],
    Entrypoint: '/entry',
    Env: ['A=b=c', 'EMPTY=', 'GONE'],
    Hostname: 'h',
    User: 'www',
    Labels: { x: 'y' },
    Tty: true,
    OpenStdin: true,
    AttachStdout: true,
    OnBuild: null,
    StopSignal: 'SIGINT',
    StopTimeout: 3,
    ExposedPorts: { '80/tcp': {}, '90-91/udp': {} },
    Volumes: { '/anonymous': {}, '/data': {} },
    Healthcheck: { Test: ['CMD', 'true'] },
    HostConfig: {
      Binds: ['/src:/dst:ro', 'vol:/data'],
      Mounts: [{ Type: 'tmpfs', Target: '/scratch', TmpfsOptions: { SizeBytes: 1024, Mode: 0o1777 } }],
      Tmpfs: { '/run': 'size=1m' },
      NetworkMode: 'net',
      PortBindings: {
        '80/tcp': [
          { HostIp: '127.0.0.1', HostPort: '8080' },
          { HostIp: '::1', HostPort: '8080' },
        ],
        '90/udp': [{ HostPort: '' }],
      },
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 },
      CapAdd: ['SYS_ADMIN'],
      CapDrop: null,
      SecurityOpt: ['no-new-privileges', 'seccomp=unconfined', 'label=disable'],
      Memory: 64 * 1024 * 1024,
      NanoCpus: 500_000_000,
      MemorySwappiness: -1,
      PidsLimit: 50,
      Ulimits: [{ Name: 'nofile', Hard: 200, Soft: 100 }],
      PidMode: 'host',
      IpcMode: 'container:other',
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '1' } },
      Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '', CgroupPermissions: 'rwm' }],
      ConsoleSize: [40, 120],
      MaskedPaths: null,
      BlkioWeight: 0,
    },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['a'], IPAMConfig: { IPv4Address: '10.1.2.3' } } } },
  })
  expect(answer).toMatch(/^HTTP\/1\.1 201 /)
  expect(spec).toEqual({
    image: 'web:1',
    raw_image_name: 'web:1',
    name: 'web',
    image_os: 'linux',
    image_arch: 'arm64',
    command: ['serve', '-v'],
    entrypoint: ['/entry'],
    env: { A: 'b=c', EMPTY: '' },
    unsetenv: ['GONE'],
    hostname: 'h',
    user: 'www',
    labels: { x: 'y' },
    terminal: true,
    stdin: true,
    stop_signal: 2,
    stop_timeout: 3,
    healthconfig: { Test: ['CMD', 'true'] },
    expose: { 80: 'tcp', 90: 'udp', 91: 'udp' },
    mounts: [
      { type: 'bind', source: '/src', destination: '/dst', options: ['rbind', 'ro'] },
      { type: 'tmpfs', source: 'tmpfs', destination: '/scratch', options: ['size=1024', 'mode=1777'] },
      { type: 'tmpfs', source: 'tmpfs', destination: '/run', options: ['size=1m'] },
    ],
    volumes: [
      { Name: 'vol', Dest: '/data', Options: [] },
      { Name: '', Dest: '/anonymous' },
    ],
    netns: { nsmode: 'bridge' },
    Networks: { net: { aliases: ['a'], static_ips: ['10.1.2.3'] } },
    portmappings: [
      { host_ip: '127.0.0.1', host_port: 8080, container_port: 80, protocol: 'tcp' },
      { host_ip: '::1', host_port: 8080, container_port: 80, protocol: 'tcp' },
      { container_port: 90, protocol: 'udp' },
    ],
    restart_policy: 'on-failure',
    restart_tries: 2,
    cap_add: ['SYS_ADMIN'],
    no_new_privileges: true,
    seccomp_profile_path: 'unconfined',
    selinux_opts: ['disable'],
    resource_limits: { memory: { limit: 67_108_864 }, cpu: { period: 100_000, quota: 50_000 }, pids: { limit: 50 } },
    r_limits: [{ type: 'RLIMIT_NOFILE', hard: 200, soft: 100 }],
    pidns: { nsmode: 'host' },
    ipcns: { nsmode: 'container', value: 'other' },
    log_configuration: { driver: 'json-file', size: 10_000_000 },
    devices: [{ path: '/dev/fuse:/dev/fuse:rwm' }],
  })
})

test('little is asked for where little is said', async () => {
  const { spec } = await created({
    Image: 'x',
    Entrypoint: [''],
    HostConfig: { NetworkMode: 'default' },
    NetworkingConfig: { EndpointsConfig: { default: null } },
  })
  expect(spec).toEqual({
    image: 'x',
    raw_image_name: 'x',
    name: 'web',
    image_os: 'linux',
    image_arch: 'arm64',
    entrypoint: [],
    env: {},
  })
})

test.each([
  [{ HostConfig: { DeviceRequests: [{ Count: -1 }] } }, 'The device driver'],
  [{ HostConfig: { Links: ['db:db'] } }, 'HostConfig.Links'],
  [{ Domainname: 'x' }, 'Domainname'],
  [{ HostConfig: { LogConfig: { Type: 'json-file', Config: { 'max-file': '3' } } } }, 'max-file'],
  [{ HostConfig: { Binds: ['relative:/x:/y:z'] } }, 'incorrect volume format'],
  [{ HostConfig: { Mounts: [{ Type: 'npipe', Target: '/x' }] } }, 'npipe'],
])('%j is refused by name', async (body, word) => {
  const { spec, answer } = await created({ Image: 'x', ...body })
  expect(spec).toBeUndefined()
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain(word)
})

test('the head of a wait comes before the container ends, and a missing one is 404', async () => {
  const exit = Promise.withResolvers<number>()
  await using served = await serveFake({
    'container.inspect': ({ name }: { name: string }) =>
      name === 'none'
        ? Promise.reject(new EngineError('ContainerNotFound', 'no container', { details: { name } }))
        : Promise.resolve({ Id: 'f'.repeat(64) }),
    'container.wait': () => exit.promise,
  })
  expect(await served.raw(send('POST', '/containers/none/wait'))).toMatch(/^HTTP\/1\.1 404 /)
  expect(await served.raw(send('POST', '/containers/x/wait?condition=odd'))).toMatch(/^HTTP\/1\.1 400 /)
  expect(await served.raw(send('POST', '/containers/x/wait?condition=next-exit'), 300)).toMatch(/^HTTP\/1\.1 200 /)
  exit.resolve(7)
  expect(await served.raw(send('POST', '/containers/x/wait'))).toContain('{"StatusCode":7,"Error":null}')
})

function fakeEngine(open: () => Promise<Pipe>) {
  const calls: string[] = []
  const engine = {
    'container.inspect': () => Promise.resolve({ Id: 'f', State: { Status: 'created' } }),
    'container.wait': (_: unknown, { signal }: CallOptions) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
    'container.attach': () => {
      calls.push('attach')
      return open()
    },
    'container.start': async () => void calls.push('start'),
  } as unknown as Engine
  return { engine, calls }
}

const streams = { name: 'x', detachKeys: undefined, logs: false, stream: true, stdin: true, stdout: true, stderr: true }

test('who attaches before the start gets all output, and what was written meanwhile arrives', async () => {
  const written: string[] = []
  const { engine, calls } = fakeEngine(async () => ({
    output: (async function* () {
      yield { stream: 'stdout' as const, data: Buffer.from('first') }
    })(),
    write: async (data) => void written.push(Buffer.from(data).toString()),
    end: async () => {},
    close: () => {},
  }))
  const pipe = await attach(engine, streams, {})
  const writing = pipe.write(Buffer.from('early'))
  expect(calls).toEqual([])
  await start(engine, { name: 'x', detachKeys: undefined }, {})
  await writing
  expect(calls).toEqual(['attach', 'start'])
  expect(written).toEqual(['early'])
  expect(await Array.fromAsync(pipe.output, ({ data }) => Buffer.from(data).toString())).toEqual(['first'])
})

test('what keeps a container from starting is the answer to the start', async () => {
  const { engine, calls } = fakeEngine(() => Promise.reject(new EngineError('CommandNotFound', 'no such program')))
  const pipe = await attach(engine, streams, {})
  await expect(start(engine, { name: 'x', detachKeys: undefined }, {})).rejects.toMatchObject({ code: 'CommandNotFound' })
  expect(await Array.fromAsync(pipe.output)).toEqual([])
  expect(calls).toEqual(['attach'])
  // One that left before the start is forgotten.
  const left = await attach(engine, streams, {})
  left.close()
  await start(engine, { name: 'x', detachKeys: undefined }, {})
  expect(calls).toEqual(['attach', 'start'])
})
