import { expect, test } from 'vitest'

import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerFilter } from './container.ts'
import { matchesLabel } from './label.ts'
import { podFilter } from './pod.ts'

const context = {} as Context
const record = {
  id: `abc${'0'.repeat(61)}`,
  name: 'web-1',
  created: '2026-11-24T09:00:00.5Z',
  pod: null,
  config: {
    labels: { app: 'web', tier: 'front' },
    image: { id: `75b73c7205e8${'1'.repeat(52)}`, name: 'docker.io/library/nginx:latest', digest: '' },
    mounts: [{ kind: 'volume', source: '/v/data/_data', destination: '/data', volume: 'data' }],
    networks: { podman: {} },
    namespaces: { net: { mode: 'bridge' } },
    restart: { name: 'always', maximumRetries: 0 },
    command: ['nginx'],
    spec: {},
  },
  state: { status: 'exited', exitCode: 3 },
} as unknown as ContainerRecord

const matches = async (filters: Record<string, string[]>) => (await containerFilter(context, filters))(record)

test.each([
  [{ id: ['abc'] }, true],
  [{ id: ['bc'] }, false],
  [{ name: ['web'] }, true],
  [{ name: ['^web$'] }, false],
  [{ name: ['^[[:alpha:]]+-\\d\\z'] }, true],
  [{ name: ['nope', '/web-1'] }, true],
  [{ label: ['app=web', 'tier'] }, true],
  [{ label: ['app=web', 'tier=back'] }, false],
  [{ 'label!': ['app=db'] }, true],
  [{ status: ['running', 'exited'] }, true],
  [{ status: ['created'] }, false],
  [{ exited: ['3'] }, true],
  [{ exited: ['0'] }, false],
  [{ ancestor: ['nginx'] }, true],
  [{ ancestor: ['docker.io/library/nginx'] }, true],
  [{ ancestor: ['75b73c7205e8'] }, true],
  [{ ancestor: ['ginx'] }, false],
  [{ volume: ['data'] }, true],
  [{ volume: ['/data'] }, true],
  [{ volume: ['data:/other'] }, false],
  [{ network: ['podman'] }, true],
  [{ network: ['none'] }, false],
  [{ 'restart-policy': ['always'] }, true],
  [{ 'restart-policy': ['no'] }, false],
  [{ health: ['none'] }, false],
  [{ command: ['nginx'] }, true],
  [{ until: ['2026-11-24T09:00:01Z'] }, true],
  [{ until: ['2026-11-24T09:00:00Z'] }, false],
  [{ name: ['web'], status: ['running'] }, false],
  [{}, true],
] as [Record<string, string[]>, boolean][])('containers: %j is %s', async (filters, expected) => {
  expect(await matches(filters)).toBe(expected)
})

test.each<object>([
  { bogus: ['x'] },
  { status: ['x'] },
  { exited: ['x'] },
  { name: ['('] },
  { name: [`${'a*'.repeat(600)}`] },
  { name: ['(?=web)'] },
  { until: ['x'] },
  { 'restart-policy': ['x'] },
  { constructor: ['x'] },
])('containers: %j is refused', async (filters) => {
  await expect(matches(filters as Record<string, string[]>)).rejects.toThrow(expect.objectContaining({ code: 'InvalidArgument' }))
})

test('labels: by key, by value, with a wildcard in the key', () => {
  const labels = { 'io.app.name': 'web', empty: '' }
  expect(matchesLabel(labels, 'io.app.name')).toBe(true)
  expect(matchesLabel(labels, 'io.app.name=web')).toBe(true)
  expect(matchesLabel(labels, 'io.app.name=db')).toBe(false)
  expect(matchesLabel(labels, 'io.*=web')).toBe(true)
  expect(matchesLabel(labels, 'toString')).toBe(false)
})

test('pods: state and members', async () => {
  const found = {
    pod: { id: 'f'.repeat(64), name: 'p', created: '2026-11-24T09:00:00Z', config: { labels: {} } },
    members: [record],
  } as never
  expect((await podFilter({ status: ['exited'], 'ctr-names': ['w.b'] }))(found)).toBe(true)
  expect((await podFilter({ 'ctr-number': ['2'] }))(found)).toBe(false)
  await expect(podFilter({ status: ['x'] })).rejects.toThrow(
    expect.objectContaining({ code: 'InvalidArgument', message: 'x is not a valid pod status' }),
  )
})
