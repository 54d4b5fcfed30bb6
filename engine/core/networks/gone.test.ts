import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { bootId } from '../../lib/process/process.ts'
import { containerById, takeAddress, updateState } from '../../store/index.ts'
import { type FakeRuns, fakeRuns } from '../containers/lifecycle/fixtures/fake-run.ts'
import { containerPaths } from '../paths.ts'
import { setUpBridges, tearDownBridges, tearDownWritten } from './bridge.ts'

let runs: FakeRuns
beforeEach(() => {
  runs = fakeRuns()
  netavark.undone.length = 0
})
afterEach(() => runs.close())

const netavark = vi.hoisted(() => ({ undone: [] as { netns: string; setup: unknown }[] }))
vi.mock('../../adapters/netavark.ts', async (original) => ({
  ...(await original<object>()),
  setupNetworks: () => Promise.reject(new Error('not here')),
  teardownNetworks: async (netns: string, setup: unknown) => void netavark.undone.push({ netns, setup }),
}))

const status = { interface: 'eth0', mac: '', addresses: [], aliases: [], networkId: 'f'.repeat(64) }

test('addresses of a network that is gone are released', async () => {
  const { database } = runs.context
  const id = await runs.create()
  await database.transaction(() => {
    takeAddress(database, 'gone', { first: 1n, last: 5n }, id)
    updateState(database, id, { networks: { gone: status }, bootId: bootId() })
  })
  await tearDownBridges(runs.context, containerById(database, id)!)
  expect(database.all('SELECT * FROM addresses')).toEqual([])
})

test('of a run before the host was restarted the addresses are released, and the firewall is left alone', async () => {
  const { context } = runs
  const id = await runs.create()
  await context.database.transaction(() => {
    takeAddress(context.database, 'podman', { first: 1n, last: 5n }, id)
    updateState(context.database, id, { networks: { podman: status }, bootId: 'another' })
  })
  await tearDownBridges(context, containerById(context.database, id)!)
  expect(netavark.undone).toEqual([])
  expect(context.database.all('SELECT * FROM addresses')).toEqual([])
})

test('a start that was killed in this boot is undone, whenever the run before it was', async () => {
  const { context } = runs
  const id = await runs.create({ networks: { podman: {} }, ports: [] })
  await context.database.transaction(() => updateState(context.database, id, { bootId: 'another' }))
  mkdirSync(containerPaths(context, id).run, { recursive: true })
  await expect(setUpBridges(context, containerById(context.database, id)!, '/run/netns/x')).rejects.toThrow('not here')
  expect(containerById(context.database, id)!.state.bootId).toBe(bootId())
  netavark.undone.length = 0
  await tearDownBridges(context, containerById(context.database, id)!)
  expect(netavark.undone).toHaveLength(1)
})

test('a container whose record is lost is taken out of the firewall by what its start wrote', async () => {
  const { context } = runs
  const ports = [{ container_port: 80, host_port: 8080, protocol: 'tcp', host_ip: '' }]
  const id = await runs.create({ networks: { podman: {} }, ports })
  const { run } = containerPaths(context, id)
  mkdirSync(run, { recursive: true })
  await expect(setUpBridges(context, containerById(context.database, id)!, '/run/netns/x')).rejects.toThrow('not here')
  netavark.undone.length = 0
  await tearDownWritten(context, id, '/run/netns/x')
  const setup = { containerId: id, ports: [expect.objectContaining({ hostPort: 8080 })] }
  expect(netavark.undone).toEqual([{ netns: '/run/netns/x', setup: expect.objectContaining(setup) }])
  // As an earlier version wrote it.
  const file = path.join(run, 'networks.json')
  writeFileSync(file, JSON.stringify((JSON.parse(readFileSync(file, 'utf8')) as { networkInfo: object }).networkInfo))
  await tearDownWritten(context, id, '/run/netns/x')
  expect(netavark.undone).toHaveLength(1)
})
