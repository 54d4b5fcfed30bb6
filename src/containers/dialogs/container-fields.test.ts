import { expect, test } from 'vitest'

import { isSound } from '../../engine/fields/field.ts'
import { checkDraft, toCommand, toSpec } from './container-fields.ts'
import { type Draft, emptyDraft, emptyVolume } from './draft.ts'

const full: Draft = {
  ...emptyDraft,
  image: ' docker.io/library/nginx:1 ',
  name: 'web',
  pod: '',
  command: 'nginx -g "daemon off;"',
  entrypoint: '',
  terminal: true,
  variables: [
    { name: 'A', value: 'b c' },
    { name: '', value: '' },
  ],
  ports: [
    { address: '127.0.0.1', host: '8080', container: '80', protocol: 'tcp' },
    { address: '', host: '', container: '53', protocol: 'udp' },
  ],
  volumes: [
    { ...emptyVolume, source: '/srv', target: '/data', mode: 'ro' },
    { ...emptyVolume, type: 'volume', source: 'cache', target: '/cache' },
  ],
  restart: 'always',
  memory: '1,5',
  memoryUnit: 'GiB',
  cpus: '0.5',
  start: true,
}

test('a description becomes what libpod takes', () => {
  expect(toSpec(full)).toEqual({
    image: 'docker.io/library/nginx:1',
    name: 'web',
    command: ['nginx', '-g', 'daemon off;'],
    terminal: true,
    stdin: true,
    env: { A: 'b c' },
    portmappings: [
      { container_port: 80, host_port: 8080, host_ip: '127.0.0.1', protocol: 'tcp' },
      { container_port: 53, protocol: 'udp' },
    ],
    mounts: [{ type: 'bind', source: '/srv', destination: '/data', options: ['rbind', 'ro'] }],
    volumes: [{ Name: 'cache', Dest: '/cache', Options: [] }],
    restart_policy: 'always',
    resource_limits: { memory: { limit: 1.5 * 1024 ** 3 }, cpu: { period: 100_000, quota: 50_000 } },
  })
})

test('an empty description asks for nothing but the image', () => {
  expect(toSpec({ ...emptyDraft, image: 'a' })).toEqual({ image: 'a' })
})

test('in a pod the ports are the pod’s', () => {
  expect(toSpec({ ...full, pod: 'p' })).not.toHaveProperty('portmappings')
})

test('the same as a command line', () => {
  expect(toCommand(full, 'berth')).toEqual([
    'berth',
    'run',
    '--detach',
    '--name',
    'web',
    '--interactive',
    '--tty',
    '--restart',
    'always',
    '--env',
    'A=b c',
    '--memory',
    '1.5g',
    '--cpus',
    '0.5',
    '--publish',
    '127.0.0.1:8080:80',
    '--publish',
    '53/udp',
    '--volume',
    '/srv:/data:ro',
    '--volume',
    'cache:/cache',
    'docker.io/library/nginx:1',
    'nginx',
    '-g',
    'daemon off;',
  ])
})

test('a sound description has no errors', () => {
  expect(isSound(checkDraft(full, { cpus: 2 }))).toBe(true)
})

const port = { address: '', host: '80', container: '80', protocol: 'tcp' }

test.each<[string, Partial<Draft>]>([
  ['no image', { image: '' }],
  ['an image with a space', { image: 'a b' }],
  ['an image that would be a flag', { image: '--privileged' }],
  ['a name with a slash', { name: 'a/b' }],
  ['too little memory', { memory: '0.4', memoryUnit: 'MiB' }],
  ['no memory', { memory: '0', memoryUnit: 'MiB' }],
  ['memory that is no size', { memory: 'much' }],
  ['more processors than there are', { cpus: '3' }],
  ['a variable without name', { variables: [{ name: '', value: 'x' }] }],
  ['a variable with a space', { variables: [{ name: 'a b', value: 'x' }] }],
  ['hardly any processor', { cpus: '0.001' }],
  ['no processor', { cpus: '0' }],
  ['a port too high', { ports: [{ ...port, host: '70000' }] }],
  ['a port twice', { ports: [port, { ...port }] }],
  ['an address that is none', { ports: [{ ...port, address: 'host' }] }],
  ['a relative target', { volumes: [{ ...emptyVolume, source: '/a', target: 'b' }] }],
  ['a path with a colon', { volumes: [{ ...emptyVolume, source: '/a:/b', target: '/c' }] }],
  ['a relative source', { volumes: [{ ...emptyVolume, source: './a', target: '/b' }] }],
  ['a volume that cannot be called so', { volumes: [{ ...emptyVolume, type: 'volume', source: 'a b', target: '/b' }] }],
  ['a folder without source', { volumes: [{ ...emptyVolume, source: '', target: '/b' }] }],
  [
    'a place taken twice',
    {
      volumes: [
        { ...emptyVolume, source: '/a', target: '/b' },
        { ...emptyVolume, type: 'tmpfs', target: '/b' },
      ],
    },
  ],
  ['an option that is none', { volumes: [{ ...emptyVolume, source: '/a', target: '/b', options: 'zz' }] }],
  ['an option of another kind', { volumes: [{ ...emptyVolume, type: 'tmpfs', target: '/b', options: 'z' }] }],
  ['a relative working directory', { workdir: 'srv' }],
  ['a signal that is none', { stopSignal: 'SIGNOTHING' }],
  ['a time before now', { stopTimeout: '-1' }],
  ['no retries', { restart: 'on-failure', retries: 'x' }],
  ['no processes', { pids: '0' }],
  ['more reserved than there is', { memory: '64', memoryUnit: 'MiB', reservation: '128m' }],
  ['swap without a limit', { memory: '', swap: '128m' }],
  ['a set of CPUs that is none', { cpuset: '0..3' }],
  ['a weight beyond the scale', { blockWeight: '9' }],
  ['a mode as a network', { network: 'bridge', networks: [{ name: 'host', aliases: '', ip: '' }] }],
  [
    'a network twice',
    {
      network: 'bridge',
      networks: [
        { name: 'a', aliases: '', ip: '' },
        { name: 'a', aliases: 'b', ip: '' },
      ],
    },
  ],
  ['a network with a wrong address', { network: 'bridge', networks: [{ name: 'a', aliases: '', ip: '10.0.0' }] }],
  ['a host name with a space', { hostname: 'a b' }],
  ['a name server by name', { dns: '1.1.1.1 dns.example.org' }],
  ['a host without an address', { hosts: [{ name: 'db', address: '' }] }],
  ['a capability that is none', { capAdd: 'NET-ADMIN' }],
  ['a relative device', { devices: [{ host: 'fuse', container: '', access: 'rwm' }] }],
  ['a health check without a command', { health: 'command' }],
  ['a health check every 0s', { health: 'command', healthCommand: 'true', healthInterval: '0s' }],
  ['a label without a name', { labels: [{ name: '', value: 'x' }] }],
])('%s is found before the engine is asked', (_name, change) => {
  expect(isSound(checkDraft({ ...full, ...change }, { cpus: 2 }))).toBe(false)
})
