import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { allAddresses, takeAddress, updateState } from '../../store/index.ts'
import { type FakeRuns, fakeRuns } from '../containers/lifecycle/fixtures/fake-run.ts'
import { check } from './check.ts'
import { netnsFile } from './set-up.ts'

let runs: FakeRuns
beforeEach(() => {
  runs = fakeRuns()
})
afterEach(() => runs.close())

const status = { interface: 'eth0', mac: '', addresses: [], aliases: [], networkId: 'f'.repeat(64) }

test('what crashes left is listed, and removed only by repair; what is used stays', async () => {
  const { context } = runs
  const { database } = context
  const [gone, used] = ['e'.repeat(64), await runs.create({ networks: { podman: {} } })]
  await database.transaction(() => {
    takeAddress(database, 'podman', { first: 1n, last: 9n }, gone)
    takeAddress(database, 'podman', { first: 1n, last: 9n }, used)
    updateState(database, used, { networks: { podman: status } })
  })
  for (const id of [gone, used]) {
    mkdirSync(path.dirname(netnsFile(context, id)), { recursive: true })
    writeFileSync(netnsFile(context, id), '')
  }
  const found = [
    { Object: gone, Text: expect.stringMatching(/^The container eeeeeeeeeeee does not run and has an address of podman/) },
    { Object: gone, Text: expect.stringMatching(/a network namespace .* is left/) },
  ]
  expect(await check(context, { repair: false })).toEqual({ Problems: found.map((each) => ({ ...each, Repaired: false })) })
  expect(allAddresses(database)).toHaveLength(2)
  expect(await check(context, { repair: true })).toEqual({ Problems: found.map((each) => ({ ...each, Repaired: true })) })
  expect(allAddresses(database)).toMatchObject([{ container: used }])
  expect([gone, used].map((id) => existsSync(netnsFile(context, id)))).toEqual([false, true])
  expect(await check(context, { repair: false })).toEqual({ Problems: [] })
})
