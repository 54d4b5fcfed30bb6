import { expect, test } from 'vitest'

import { fakeContainer, fakeImage, fakePod } from '../testing/fake-data.ts'
import { fakeNetwork } from '../testing/fake-networks.ts'
import { pruneRemovals } from './prune-removals.ts'

const base = fakeImage('base')
const web = fakeImage('web')
const runs = {
  ...fakeContainer('runs'),
  State: 'running' as const,
  ImageID: web.Id,
  Networks: ['front'],
  IsInfra: false,
  Pod: '',
}
const ended = {
  ...runs,
  ...{ Id: 'e'.repeat(64), Names: ['ended'], State: 'exited' as const, ImageID: base.Id, Networks: ['back'] },
  Size: { rootFsSize: 10, rwSize: 7 },
}
const all = {
  containers: [runs, ended],
  pods: [
    { ...fakePod('over', []), Status: 'Exited' as const },
    { ...fakePod('up', []), Status: 'Running' as const },
  ],
  images: [base, web],
  networks: [
    fakeNetwork('front'),
    fakeNetwork('back'),
    { ...fakeNetwork('podman'), read_only: true },
    { ...fakeNetwork('site'), default: true },
  ],
  volumes: [
    { Name: 'data', Size: 5, Containers: [{ Id: ended.Id, Name: 'ended', State: 'exited' }] },
    { Name: 'kept', Size: 9, Containers: [{ Id: runs.Id, Name: 'runs', State: 'running' }] },
  ],
}

const namesIn = (choice: { all: boolean; volumes: boolean }) =>
  Object.fromEntries(Object.entries(pruneRemovals(all, choice)).map(([kind, list]) => [kind, list.map(({ name }) => name)]))

test('a container that waits for its restart stays, with what it needs', () => {
  const waits = { ...ended, RestartAt: 1 }
  const { containers, images } = pruneRemovals({ ...all, containers: [runs, waits] }, { all: true, volumes: false })
  expect([containers, images]).toEqual([[], []])
})

test('what only goes because of a container that goes is part of it, and what a running one needs is not', () => {
  expect(namesIn({ all: false, volumes: false })).toEqual({
    containers: ['ended'],
    pods: ['over'],
    images: [],
    networks: ['back'],
    volumes: [],
  })
  const most = namesIn({ all: true, volumes: true })
  expect(most['images']).toEqual(base.RepoTags)
  expect(most['volumes']).toEqual(['data'])
  expect(pruneRemovals(all, { all: false, volumes: false }).containers[0]!.size).toBe(7)
})
