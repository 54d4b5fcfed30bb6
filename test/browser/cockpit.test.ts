import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { eventually, must } from '../support/processes.ts'
import { launchChromium, openWindow, pictureOnFailure, visit } from './chromium.ts'
import { type Service, startInNamespace } from './processes.ts'

// The page as a package of a real Cockpit, whose server and bridge are Debian's, with each engine behind it.

const stage = inject('stage')
let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

/** The engine under test, in a namespace where /run is this test's own. */
interface Side {
  name: string
  program: string[]
  serve: string[]
}

const sides: Side[] = [
  { name: 'our engine', program: [join(stage.dist, 'bin/berth')], serve: ['system', 'service', '--time', '0'] },
  {
    name: 'real Podman',
    program: ['podman', ...podmanFlags(join(stage.folder, 'podman'))],
    serve: ['system', 'service', '--time', '0', 'unix:///run/podman/podman.sock'],
  },
]

/** A store of its own, and what Podman needs where it can use neither systemd nor cgroup v2. */
function podmanFlags(folder: string): string[] {
  const own = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')]
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return own
  return [...own, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs', '--events-backend', 'file']
}

/**
 * The whole stage as one shell script, which ends everything it started on SIGTERM: a bus, the engine's service with an
 * image and a container, and Cockpit's own server. Podman's locks are in /dev/shm, whatever its root is.
 */
function script({ program, serve }: Side, folder: string, port: number): string {
  const call = program.join(' ')
  return `
    bus= service= cockpit=
    finish() {
      trap - TERM
      kill $cockpit
      ${call} rm -f -t 0 -a >/dev/null
      kill $service $bus
      wait
      exit
    }
    trap finish TERM
    mount -t tmpfs tmpfs /dev/shm
    dbus-daemon --session --nofork --nopidfile --nosyslog --address=unix:path=${folder}/bus & bus=$!
    ${call} ${serve.join(' ')} & service=$!
    ${call} pull -q --tls-verify=false ${stage.images.server}
    ${call} create --name from-the-shell --network none ${stage.images.server}
    /usr/lib/cockpit/cockpit-ws --no-tls --address=127.0.0.1 --port=${port} --local-session=${folder}/bridge & cockpit=$!
    wait`
}

/**
 * What Cockpit's server starts for a session. Cockpit's bridge ends when it finds no buses; it sets HOME itself, from
 * the account, but looks for packages in XDG_DATA_HOME first.
 */
function writeBridge(folder: string): void {
  mkdirSync(join(folder, 'data/cockpit'), { recursive: true })
  symlinkSync(join(stage.dist, 'page'), join(folder, 'data/cockpit/berth'))
  const bus = `unix:path=${folder}/bus`
  const lines = [
    '#!/bin/sh',
    `export DBUS_SYSTEM_BUS_ADDRESS=${bus} DBUS_SESSION_BUS_ADDRESS=${bus} XDG_DATA_HOME=${folder}/data`,
    'exec /usr/bin/cockpit-bridge "$@"',
  ]
  writeFileSync(join(folder, 'bridge'), `${lines.join('\n')}\n`, { mode: 0o755 })
}

/** What went wrong in our page; Cockpit's own pages report errors about services that this machine may not have. */
function errorsOfPackage(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    const ours = message.location().url.includes('/berth/')
    if (ours && message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  return errors
}

describe.each(sides)('in a real Cockpit, with $name', (side) => {
  const folder = join(stage.folder, `cockpit-${side.name.replaceAll(' ', '-')}`)
  let service: Service
  let url: string

  beforeAll(async () => {
    writeBridge(folder)
    const port = await freePort()
    service = startInNamespace(folder, ['bash', '-c', script(side, folder, port)], {
      XDG_RUNTIME_DIR: join(folder, 'runtime'),
      PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
    })
    url = `http://127.0.0.1:${port}`
    const up = async () => (await fetch(`${url}/ping`).catch(() => undefined))?.ok
    await eventually('cockpit-ws', up, 30_000).catch((cause: unknown) => {
      throw new Error(`Cockpit did not start: ${service.output()}`, { cause })
    })
  })

  afterAll(() => service?.stop())

  test('the page lists, starts and charts containers, and hides what the engine lacks', async () => {
    const window = await openWindow(browser)
    pictureOnFailure(window)
    const errors = errorsOfPackage(window.page)
    await visit(window.page, `${url}/berth`)
    const page = window.page.frameLocator('iframe[name="cockpit1:localhost/berth"]')
    await page.getByText(side.name === 'our engine' ? /^Berth \d/ : /^Podman \d/).waitFor()
    await page.getByRole('link', { name: 'Containers', exact: true }).click()
    const row = page.getByRole('row', { name: /from-the-shell/ })
    await row.waitFor()
    // Neither a log-in nor a bar of our own inside another console.
    expect(await page.getByLabel('User name').or(page.getByRole('banner')).count()).toBe(0)
    await page.getByRole('button', { name: /Actions for from-the-shell/ }).click()
    await page.getByRole('menuitem', { name: 'Start' }).click()
    await row.getByText('Running').waitFor()
    await page.getByRole('link', { name: 'from-the-shell' }).click()
    await page.getByRole('tab', { name: 'Resources' }).click()
    const path = page.locator('.recharts-area-curve').first()
    await path.waitFor({ state: 'attached' })
    // History is ours alone: with real Podman the page offers only what it has seen itself.
    const month = page.getByLabel('Time range').locator('option', { hasText: '30 days' })
    expect(await month.count()).toBe(side.name === 'our engine' ? 1 : 0)
    const before = await path.getAttribute('d')
    await eventually('the chart moving', async () => (await path.getAttribute('d')) !== before, 20_000)
    expect(errors.filter((text) => !/status of 404/.test(text))).toEqual([])
    await window.close()
  })
  test('an image is saved as a download, through Cockpit’s own server', async () => {
    const window = await openWindow(browser)
    pictureOnFailure(window)
    await visit(window.page, `${url}/berth#/images`)
    const page = window.page.frameLocator('iframe[name="cockpit1:localhost/berth"]')
    await page.getByRole('button', { name: /Actions for .*server/ }).click()
    await page.getByRole('menuitem', { name: 'Save…' }).click()
    const arriving = window.page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    const path = join(folder, 'saved.tar')
    await (await arriving).saveAs(path)
    expect(await must('tar', ['-tf', path])).toContain('manifest.json')
    await window.close()
  })
})
