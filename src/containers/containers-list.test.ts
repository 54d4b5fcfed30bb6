import { expect, test } from 'vitest'

import { append } from '../engine/live/series.ts'
import { fakeContainer, fakePod } from '../testing/fake-data.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { type ContainerFilter, filterContainers, parseSort, sortContainers, writeSort } from './filtering.ts'
import { groupContainers } from './grouping.ts'
import { parseViewSettings } from './list/view-settings.ts'
import { portText, portUrl } from './ports.tsx'
import { nameOf } from '../engine/container-summary.ts'

const { containers, pods } = fakeHost()
const names = (list: readonly { Names: string[]; Id: string }[]) => list.map(({ Names }) => Names[0])
const any: ContainerFilter = { text: '', state: 'all', status: [], image: [], label: [], pod: [] }

test('containers that belong together are one group: pods before compose projects, infra containers are not shown', () => {
  const groups = groupContainers(filterContainers(containers, any), pods, { by: 'all', emptyPods: true })
  expect(groups.map(({ kind, name, containers }) => [kind, name, containers.length])).toEqual([
    ['alone', '', 5],
    ['pod', 'blog', 2],
    ['compose', 'shop', 2],
  ])
})

test('the list is grouped by pods alone, by projects alone, or not at all', () => {
  const kinds = (by: 'pod' | 'compose' | 'none') =>
    groupContainers(filterContainers(containers, any), pods, { by, emptyPods: true }).map(({ kind, containers }) => [
      kind,
      containers.length,
    ])
  expect(kinds('pod')).toEqual([
    ['alone', 7],
    ['pod', 2],
  ])
  expect(kinds('compose')).toEqual([
    ['alone', 7],
    ['compose', 2],
  ])
  expect(kinds('none')).toEqual([['alone', 9]])
})

test('values of one kind are alternatives, of labels all must be there, and kinds are joined', () => {
  const shown = (filter: Partial<ContainerFilter>) => names(filterContainers(containers, { ...any, ...filter }))
  expect(shown({ status: ['paused', 'created'] })).toEqual(['trainer', 'scratchpad'])
  expect(shown({ pod: ['blog'], image: ['docker.io/library/mariadb:11.8'] })).toEqual(['blog-db'])
  expect(shown({ label: ['com.docker.compose.project=shop', 'com.docker.compose.service=db'] })).toEqual(['shop-db-1'])
  expect(shown({ label: ['com.docker.compose.project'] })).toEqual(['shop-api-1', 'shop-db-1'])
  expect(shown({ label: ['toString'] })).toEqual([])
})

test('states are those that the list shows: crash loops, out of memory, checkpoints and health are found by them', () => {
  const seconds = Date.now() / 1000
  const list = [
    fakeContainer('loop', { State: 'exited', Restarts: 7, RestartAt: seconds + 20 }),
    fakeContainer('big', { State: 'exited', ExitCode: 137, OOMKilled: true }),
    fakeContainer('saved', { State: 'exited', Checkpointed: true }),
    fakeContainer('over', { State: 'exited' }),
    fakeContainer('sick', { Status: 'unhealthy' }),
    fakeContainer('new', { State: 'configured' }),
  ]
  const shown = (...status: string[]) => names(filterContainers(list, { ...any, status }))
  expect(['restarting', 'out-of-memory', 'checkpointed', 'exited', 'unhealthy', 'created'].map((state) => shown(state))).toEqual([
    ['loop'],
    ['big'],
    ['saved'],
    ['over'],
    ['sick'],
    ['new'],
  ])
  expect(shown('running')).toEqual(['sick'])
})

test('settings of the view that are stored are read as far as they are known', () => {
  expect(parseViewSettings('{"group":"none","columns":["id","nosuch","image"]}')).toEqual({
    group: 'none',
    columns: ['image', 'id'],
  })
  const initial = parseViewSettings(null)
  expect(parseViewSettings('{"group":"x","columns":7}')).toEqual(initial)
  expect(parseViewSettings('no JSON')).toEqual(initial)
})

test('an empty pod is a group while nothing is filtered; a pod that is not listed yet is one too', () => {
  const empty = fakePod('new', [])
  expect(groupContainers([], [empty], { by: 'all', emptyPods: true })).toHaveLength(1)
  expect(groupContainers([], [empty], { by: 'all', emptyPods: false })).toHaveLength(0)
  expect(
    groupContainers([fakeContainer('x', { Pod: 'unknown', PodName: 'soon' })], [], { by: 'all', emptyPods: true })[0],
  ).toMatchObject({
    kind: 'pod',
    name: 'soon',
  })
})

test('each word of the filter may be in another field', () => {
  expect(names(filterContainers(containers, { ...any, text: 'SHOP postgres' }))).toEqual(['shop-db-1'])
  expect(names(filterContainers(containers, { ...any, text: 'paused' }))).toEqual(['trainer'])
  expect(names(filterContainers(containers, { ...any, state: 'stopped' }))).toEqual(['nightly-report', 'scratchpad'])
})

test('sorting by use takes the latest figures; those that do not run come last when it is turned around', () => {
  const [a, b, c] = [fakeContainer('a'), fakeContainer('b'), fakeContainer('c', { State: 'exited' })]
  const series = new Map([
    [a.Id, append(undefined, { time: 0, cpu: 5, memory: 1 })],
    [b.Id, append(undefined, { time: 0, cpu: 9, memory: 2 })],
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

test('a published port is a link where a browser can follow it', () => {
  const url = (changes: Partial<Parameters<typeof portUrl>[0]>, pageHost = 'harbour.example.org') =>
    portUrl({ container_port: 80, host_port: 8080, host_ip: '', protocol: 'tcp', ...changes }, pageHost)
  expect(url({})).toBe('http://harbour.example.org:8080')
  expect(url({ host_ip: '0.0.0.0' }, '[2001:db8::1]')).toBe('http://[2001:db8::1]:8080')
  expect(url({ container_port: 443 })).toBe('https://harbour.example.org:8080')
  expect(url({ host_ip: '10.0.0.7' })).toBe('http://10.0.0.7:8080')
  expect(url({ host_ip: '127.0.0.1' })).toBeUndefined()
  expect(url({ host_ip: '127.0.0.1' }, 'localhost')).toBe('http://127.0.0.1:8080')
  expect(url({ protocol: 'udp' })).toBeUndefined()
  expect(url({ host_port: 0 })).toBeUndefined()
})
