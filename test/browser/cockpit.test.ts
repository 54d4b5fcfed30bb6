import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../e2e/free-port.ts'
import { eventually, run } from '../e2e/processes.ts'
import { launchChromium, openWindow, pictureOnFailure } from './chromium.ts'
import { type Service, startInNamespace } from './processes.ts'

// The page as a package of a real Cockpit, whose server and bridge are Debian's, with each engine behind it.

const stage = inject('stage')
let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

/** Programs of the engine under test, in the namespace where /run is this test's own. */
interface Side {
  name: string
  program: string[]
  serve: string[]
}

const sides: Side[] = [
  { name: 'our engine', program: [join(stage.dist, 'bin/berth')], serve: ['system', 'service', '--time', '0'] },
  {
    name: 'real Podman',
    program: [
      'podman',
      '--root',
      join(stage.folder, 'podman/root'),
      '--runroot',
      join(stage.folder, 'podman/run'),
      ...podmanFlags(),
    ],
    serve: ['system', 'service', '--time', '0', 'unix:///run/podman/podman.sock'],
  },
]

function podmanFlags(): string[] {
  return existsSync('/sys/fs/cgroup/cgroup.controllers')
    ? []
    : ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file']
}

/** One shell line: the engine's service, an image and a container, and Cockpit's own server in front. */
function script({ program, serve }: Side, port: number, bridge: string): string {
  const call = program.join(' ')
  return [
    `${call} ${serve.join(' ')} & service=$!`,
    `${call} pull -q --tls-verify=false ${stage.images.server} >/dev/null`,
    `${call} create -q --name from-the-shell ${stage.images.server} >/dev/null 2>&1 || ${call} create --name from-the-shell ${stage.images.server}`,
    `trap 'kill $cockpit 2>/dev/null; ${call} rm -f -t 0 -a >/dev/null 2>&1; kill $service; wait' TERM`,
    `/usr/lib/cockpit/cockpit-ws --no-tls --address=127.0.0.1 --port=${port} --local-session=${bridge} & cockpit=$!`,
    'echo ready; wait $cockpit; wait',
  ].join('\n')
}

describe.each(sides)('in a real Cockpit, with $name', (side) => {
  let service: Service
  let url: string

  beforeAll(async () => {
    const folder = join(stage.folder, `cockpit-${side.name.replaceAll(' ', '-')}`)
    const home = join(folder, 'home')
    mkdirSync(join(home, '.local/share/cockpit'), { recursive: true })
    symlinkSync(join(stage.dist, 'page'), join(home, '.local/share/cockpit/berth'))
    // Cockpit's server does not hand on where home is, and its bridge ends without buses.
    const bridge = join(folder, 'bridge')
    const call = `DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS HOME=${home} exec /usr/bin/cockpit-bridge "$@"`
    writeFileSync(bridge, `#!/bin/sh\nexec dbus-run-session -- sh -c '${call}' bridge "$@"\n`, { mode: 0o755 })
    const port = await freePort()
    service = startInNamespace(folder, ['bash', '-c', script(side, port, bridge)], {
      HOME: home,
      XDG_RUNTIME_DIR: join(folder, 'runtime'),
      PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
    })
    url = `http://127.0.0.1:${port}/cockpit/@localhost/berth/index.html`
    await eventually(
      'cockpit-ws',
      async () => (await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined))?.ok,
      60_000,
    ).catch((cause: unknown) => {
      throw new Error(`Cockpit did not start: ${service.output()}`, { cause })
    })
  })

  afterAll(async () => {
    await service?.stop()
    if (side.name === 'real Podman') await run(side.program[0]!, [...side.program.slice(1), 'system', 'reset', '-f'])
  })

  test('the page lists, starts and charts containers, and hides what the engine lacks', async () => {
    const window = await openWindow(browser)
    pictureOnFailure(window)
    const { page, errors, close } = window
    await page.goto(`${url}#/containers`)
    const row = page.getByRole('row', { name: /from-the-shell/ })
    await row.waitFor()
    // No log-in and no bar of our own inside another console.
    expect(await page.getByLabel('User name').count()).toBe(0)
    await page.getByRole('button', { name: /Actions for from-the-shell/ }).click()
    await page.getByRole('menuitem', { name: 'Start' }).click()
    await row.getByText('Running').waitFor()
    await page.getByRole('link', { name: 'from-the-shell' }).click()
    await page.getByRole('tab', { name: 'Resources' }).click()
    const path = page.locator('.recharts-area-curve').first()
    await path.waitFor({ state: 'attached' })
    // History is ours alone: with real Podman the page offers only what it has seen itself.
    expect(await page.getByLabel('Time shown').locator('option', { hasText: '30 days' }).count()).toBe(
      side.name === 'our engine' ? 1 : 0,
    )
    const before = await path.getAttribute('d')
    await eventually('the chart moving', async () => (await path.getAttribute('d')) !== before, 20_000)
    expect(errors.filter((text) => !/favicon|status of 404/.test(text))).toEqual([])
    await close()
  })
})
