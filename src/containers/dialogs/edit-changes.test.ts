import { expect, test } from 'vitest'

import { type Draft, emptyDraft, emptyVolume } from './draft.ts'
import { changesOf, editWords, isEmpty } from './edit-changes.ts'

const before: Draft = {
  ...emptyDraft,
  image: 'nginx:1',
  name: 'web',
  variables: [{ name: 'A', value: '1' }],
  ports: [{ address: '', host: '8080', container: '80', protocol: 'tcp' }],
  volumes: [
    { ...emptyVolume, type: 'volume', source: 'data', target: '/data' },
    { ...emptyVolume, source: '/srv', target: '/srv' },
  ],
  restart: 'on-failure',
  retries: '3',
  memory: '64',
  cpus: '1',
  hostname: 'shop',
}

const changes = (after: Partial<Draft>) => changesOf(before, { ...before, ...after })
const words = (after: Partial<Draft>) => editWords('web', before, { ...before, ...after })

test('what is as before is not sent', () => {
  expect(isEmpty(changes({}))).toBe(true)
  expect(words({})).toEqual(['web'])
})

test('a field is sent as a whole', () => {
  const variables = [...before.variables, { name: 'B', value: '2' }]
  expect(changes({ variables })).toEqual({ body: { env: { A: '1', B: '2' } }, reset: [] })
  expect(words({ variables })).toEqual(['--env', 'A=1', '--env', 'B=2', 'web'])
})

test('mounts belong together, however they are made', () => {
  const volumes = [...before.volumes, { ...emptyVolume, type: 'tmpfs', target: '/tmp' }]
  const { body, reset } = changes({ volumes })
  expect(Object.keys(body).toSorted()).toEqual(['mounts', 'volumes'])
  expect(body.mounts).toHaveLength(2)
  expect(reset).toEqual([])
})

test('limits are changed one by one', () => {
  expect(changes({ memory: '128' })).toEqual({ body: { resource_limits: { memory: { limit: 128 * 1024 ** 2 } } }, reset: [] })
  expect(changes({ cpus: '', memory: '128' })).toEqual({
    body: { resource_limits: { memory: { limit: 128 * 1024 ** 2 } } },
    reset: ['resource_limits.cpu'],
  })
})

test('what is no longer said gets its default again', () => {
  expect(changes({ ports: [], hostname: '' })).toEqual({ body: {}, reset: ['portmappings', 'hostname'] })
  expect(changes({ restart: 'no', retries: '' })).toEqual({ body: {}, reset: ['restart_policy', 'restart_tries'] })
  expect(words({ ports: [], hostname: '' })).toEqual(['--reset', 'publish', '--reset', 'hostname', 'web'])
})

test('a command stands behind the name, and an image is an option', () => {
  expect(words({ image: 'nginx:2', command: 'nginx -t' })).toEqual(['--image', 'nginx:2', 'web', 'nginx', '-t'])
})
