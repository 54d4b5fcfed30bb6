import { expect, test } from 'vitest'

import { append } from '../engine/live/series.ts'
import { fakeContainer, fakePod } from '../testing/fake-data.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { filterContainers, parseSort, sortContainers, writeSort } from './filtering.ts'
import { groupContainers } from './grouping.ts'
import { portText } from './ports.tsx'
import { nameOf } from '../engine/container-summary.ts'

const { containers, pods } = fakeHost()
const names = (list: readonly { Names: string[]; Id: string }[]) => list.map(({ Names }) => Names[0])

test('containers that belong together are one group: pods before compose projects, infra containers are not shown', () => {
  const groups = groupContainers(filterContainers(containers, '', 'all'), pods, true)
  expect(groups.map(({ kind, name, containers }) => [kind, name, containers.length])).toEqual([
    ['alone', '', 5],
    ['pod', 'blog', 2],
    ['compose', 'shop', 2],
  ])
})

test('an empty pod is a group while nothing is filtered; a pod that is not listed yet is one too', () => {
  const empty = fakePod('new', [])
  expect(groupContainers([], [empty], true)).toHaveLength(1)
  expect(groupContainers([], [empty], false)).toHaveLength(0)
  expect(groupContainers([fakeContainer('x', { Pod: 'unknown', PodName: 'soon' })], [], true)[0]).toMatchObject({
    kind: 'pod',
    name: 'soon',
  })
})

test('each word of the filter may be in another field', () => {
  expect(names(filterContainers(containers, 'SHOP postgres', 'all'))).toEqual(['shop-db-1'])
  expect(names(filterContainers(containers, 'paused', 'all'))).toEqual(['trainer'])
  expect(names(filterContainers(containers, '', 'stopped'))).toEqual(['nightly-report', 'scratchpad'])
})

test('sorting by use takes the latest figures; those that do not run come last when it is turned around', () => {
  const [a, b, c] = [fakeContainer('a'), fakeContainer('b'), fakeContainer('c', { State: 'exited' })]
  const series = new Map([
    [a.Id, append(undefined, { time: 0, cpu: 5, memory: 1 }, 0)],
    [b.Id, append(undefined, { time: 0, cpu: 9, memory: 2 }, 0)],
  ])
  expect(names(sortContainers([a, b, c], parseSort('cpu:desc'), series))).toEqual(['b', 'a', 'c'])
  expect(names(sortContainers([fakeContainer('n10'), fakeContainer('n9')], parseSort('junk'), new Map()))).toEqual(['n9', 'n10'])
  expect(writeSort(parseSort('memory:desc'))).toBe('memory:desc')
})

test('names and ports are written as people know them', () => {
  expect(nameOf(fakeContainer('/docker'))).toBe('docker')
  expect(nameOf(fakeContainer('x', { Names: [], Id: 'f'.repeat(64) }))).toBe('f'.repeat(12))
  expect(portText({ container_port: 80, host_port: 8080, host_ip: '0.0.0.0', protocol: 'tcp' })).toBe('8080 → 80')
  expect(portText({ container_port: 53, host_port: 53, host_ip: '::1', protocol: 'udp', range: 2 })).toBe(
    '[::1]:53–54 → 53–54/udp',
  )
})
