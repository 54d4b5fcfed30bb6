import { expect, test } from 'vitest'

import { isSound } from '../../engine/fields/field.ts'
import { checkDraft, toCommand, toSpec } from './container-fields.ts'
import { type Draft, emptyDraft } from './draft.ts'

const full: Draft = {
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
    { source: '/srv', target: '/data', mode: 'ro' },
    { source: 'cache', target: '/cache', mode: 'rw' },
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
    '--memory',
    '1.5g',
    '--cpus',
    '0.5',
    '--env',
    'A=b c',
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
  ['a relative target', { volumes: [{ source: '/a', target: 'b', mode: 'rw' }] }],
  ['a path with a colon', { volumes: [{ source: '/a:/b', target: '/c', mode: 'rw' }] }],
  ['a relative source', { volumes: [{ source: './a', target: '/b', mode: 'rw' }] }],
  ['a volume that cannot be called so', { volumes: [{ source: 'a b', target: '/b', mode: 'rw' }] }],
  ['a volume without source', { volumes: [{ source: '', target: '/b', mode: 'rw' }] }],
])('%s is found before the engine is asked', (_name, change) => {
  expect(isSound(checkDraft({ ...full, ...change }, { cpus: 2 }))).toBe(false)
})
