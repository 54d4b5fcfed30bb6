import { expect, test } from 'vitest'

import type { ContainerSpec } from '../../../contract/index.ts'
import type { ContainerConfig } from '../../../store/index.ts'
import { withKept } from './kept.ts'
import { mergeSpec, specChanges } from './merge-spec.ts'

const before: ContainerSpec = {
  image: 'a',
  env: { A: '1', B: '2' },
  volumes: [{ Name: 'v', Dest: '/v' }],
  mounts: [{ destination: '/m', source: '/s', type: 'bind' }],
  netns: { nsmode: 'bridge' },
  Networks: { web: { aliases: ['x'] } },
  restart_policy: 'on-failure',
  restart_tries: 3,
  resource_limits: { memory: { limit: 64, swap: 128 }, pids: { limit: 5 } },
}

test('what is given replaces its field, and everything else stays', () => {
  expect(mergeSpec(before, { env: { C: '3' }, hostname: 'h' })).toEqual({ ...before, env: { C: '3' }, hostname: 'h' })
  expect(mergeSpec(before, { env: null, labels: undefined } as ContainerSpec)).toEqual(before)
  expect(mergeSpec(before, { env: {} }).env).toEqual({})
})

test('fields that say one thing together replace each other', () => {
  const mounted = mergeSpec(before, { volumes: [{ Name: 'w', Dest: '/w' }] })
  expect([mounted.volumes, mounted.mounts]).toEqual([[{ Name: 'w', Dest: '/w' }], undefined])
  const alone = mergeSpec(before, { netns: { nsmode: 'none' } })
  expect([alone.netns, alone.Networks]).toEqual([{ nsmode: 'none' }, undefined])
  expect(mergeSpec(before, { restart_policy: 'always' }).restart_tries).toBeUndefined()
  expect(mergeSpec(before, { rootfs: '/r' }).image).toBeUndefined()
})

test('limits are replaced one by one, and the request itself is not changed', () => {
  const copy = structuredClone(before)
  expect(mergeSpec(before, { resource_limits: { memory: { limit: 32 }, cpu: { shares: 9 } } }).resource_limits).toEqual({
    memory: { limit: 32, swap: 128 },
    pids: { limit: 5 },
    cpu: { shares: 9 },
  })
  expect(mergeSpec(before, {}, ['resource_limits.memory.limit', 'env']).resource_limits).toEqual({
    memory: { swap: 128 },
    pids: { limit: 5 },
  })
  expect(before).toEqual(copy)
})

test('a field that is reset has its default, and one that is not known is refused', () => {
  expect(mergeSpec(before, {}, ['env', 'resource_limits.cpu.quota']).env).toBeUndefined()
  expect(() => mergeSpec(before, {}, ['nothing'])).toThrow(expect.objectContaining({ code: 'UnknownField' }))
  expect(() => mergeSpec(before, {}, ['__proto__'])).toThrow(expect.objectContaining({ code: 'UnknownField' }))
})

test('what changes is told by fields, of limits by their values', () => {
  const after = mergeSpec(before, { env: { A: '1' }, resource_limits: { memory: { limit: 32 } } }, ['Networks'])
  expect(specChanges(before, after)).toEqual([
    { Field: 'env', Before: { A: '1', B: '2' }, After: { A: '1' } },
    { Field: 'Networks', Before: { web: { aliases: ['x'] } }, After: null },
    { Field: 'resource_limits.memory.limit', Before: 64, After: 32 },
  ])
  expect(specChanges(before, mergeSpec(before, { env: { B: '2', A: '1' } }))).toEqual([])
})

test('anonymous volumes and ports that were chosen are kept, and named ones are not', () => {
  const volume = (name: string, destination: string, anonymous: boolean) =>
    ({ kind: 'volume', type: 'bind', options: [], volume: name, source: `/${name}`, destination, anonymous }) as const
  const port = (container_port: number, host_port: number) => ({
    container_port,
    host_port,
    protocol: 'tcp',
    range: 1,
    host_ip: '',
  })
  const config = (mounts: unknown, ports: unknown, spec: ContainerSpec) => ({ mounts, ports, spec }) as ContainerConfig
  const old = config([volume('a', '/a', true), volume('n', '/n', false)], [port(80, 4000), port(81, 4001)], {})
  const fresh = config(
    [volume('b', '/a', true), volume('m', '/n', false), volume('c', '/c', true)],
    [port(80, 5000), port(81, 8081)],
    { portmappings: [{ container_port: 80 }, { container_port: 81, host_port: 8081 }] },
  )
  const kept = withKept(old, fresh)
  expect(kept.mounts.map(({ volume: name }) => name)).toEqual(['a', 'm', 'c'])
  expect(kept.ports.map(({ host_port }) => host_port)).toEqual([4000, 8081])
})
