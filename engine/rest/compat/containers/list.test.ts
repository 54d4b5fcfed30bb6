import { expect, test } from 'vitest'

import { serveFake } from '../../http/testing.ts'

const summary = (name: string, started: number) => ({
  Id: name.repeat(64).slice(0, 64),
  Names: [name],
  Image: 'docker.io/library/busybox:latest',
  ImageID: 'f'.repeat(64),
  Command: ['sleep', '1'],
  Created: '2026-11-29T00:00:00Z',
  Labels: null,
  Ports: null,
  State: 'running',
  Status: '',
  StartedAt: started,
  ExitedAt: 0,
  ExitCode: 0,
})
const details = {
  HostConfig: { NetworkMode: 'bridge' },
  NetworkSettings: { Networks: { shop: { IPAddress: '10.89.0.2' }, podman: {} } },
  Mounts: [],
}

test('a container is inspected once for as long as nothing about it changes; what time changes is told each time', async () => {
  const now = Math.floor(Date.now() / 1000)
  let rows = [summary('a', now - 5), summary('b', now - 7200)]
  const inspected: string[] = []
  await using served = await serveFake({
    'container.list': async () => rows as never,
    'container.inspect': async ({ name }: { name: string }) => {
      inspected.push(name[0]!)
      return details as never
    },
  })
  const list = async () => {
    const answer = await served.raw('GET /v1.41/containers/json HTTP/1.0\r\n\r\n')
    return JSON.parse(answer.split('\r\n\r\n')[1]!) as { Names: string[]; Status: string; [field: string]: unknown }[]
  }
  expect(await list()).toMatchObject([
    {
      Names: ['/b'],
      Status: 'Up 2 hours',
      HostConfig: { NetworkMode: 'shop' },
      NetworkSettings: { Networks: { bridge: {}, shop: {} } },
    },
    { Names: ['/a'], Status: expect.stringMatching(/^Up \d seconds$/), Image: 'busybox:latest' },
  ])
  expect(await list()).toHaveLength(2)
  expect(inspected.toSorted()).toEqual(['a', 'b'])
  // The status is of this moment, although the engine's summary is the same.
  rows[0]!.StartedAt = now - 3600
  expect((await list())[1]!.Status).toBe('Up About an hour')
  expect(inspected).toHaveLength(2)
  rows = [{ ...rows[0]!, State: 'exited', ExitedAt: now - 60, ExitCode: 3 }]
  expect(await list()).toMatchObject([{ State: 'exited', Status: expect.stringContaining('Exited (3)') }])
  expect(inspected).toHaveLength(3)
})
