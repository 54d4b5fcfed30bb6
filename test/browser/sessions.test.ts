import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { become, environment } from '../support/users.ts'
import { violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, reload, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'
import { tryShell } from './other-port.ts'
import { type Service, startService } from './processes.ts'

// The list of a user's sessions, and the other ways into one: another's page, and a session of one's own.

const { images, dist, folder } = inject('stage')
const alice = loginBerth('alice')
let browser: Browser
let console_: Console
let first: Window
let second: Window

beforeAll(async () => {
  await pullImages(alice, images.server)
  await alice('create', '--name', 'shop', images.server)
  console_ = await startConsole('console', { prepare: stubSystemctl() })
  browser = await launchChromium()
  first = await enter()
  second = await enter({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' })
})

beforeEach(() => pictureOnFailure(first))

afterAll(async () => {
  await browser?.close()
  await clear(alice)
  await console_?.stop()
})

async function enter(options: Parameters<typeof openWindow>[1] = {}): Promise<Window> {
  const window = await openWindow(browser, options)
  await logIn(window.page, console_.url, 'alice', 'alice')
  await window.page.getByText('Running containers').first().waitFor()
  return window
}

async function openSessions(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'alice' }).click()
  await page.getByRole('menuitem', { name: 'Sessions…' }).click()
  await page.getByRole('dialog').getByText('Current session', { exact: true }).waitFor()
}

test('the list shows every session, is accessible, fits a telephone, and follows what happens', async () => {
  const { page } = first
  await openSessions(page)
  const dialog = page.getByRole('dialog')
  const rows = dialog.getByRole('row')
  await dialog
    .getByRole('row', { name: /Firefox 128, Linux/ })
    .getByText('127.0.0.1')
    .waitFor()
  expect(await rows.count()).toBe(3)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, height] of [
      [1400, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      expect(await violations(page), `${colorScheme} ${width}`).toEqual([])
      const box = await dialog.evaluate((each) => each.scrollWidth - each.clientWidth)
      expect(box, `${colorScheme} ${width}`).toBeLessThanOrEqual(0)
      if (process.env.BERTH_TEST_PICTURES)
        await page.screenshot({ path: join(process.env.BERTH_TEST_PICTURES, `sessions-${colorScheme}-${width}.png`) })
    }
  }
  await page.setViewportSize({ width: 1400, height: 900 })
  const third = await enter()
  await eventually('the third session', async () => (await rows.count()) === 4)
  await third.close()
})

test('one session is ended, and then all others; this one goes on', async () => {
  const { page } = first
  const dialog = page.getByRole('dialog')
  const third = await enter()
  await dialog
    .getByRole('row', { name: /Firefox/ })
    .getByRole('button', { name: /^End session/ })
    .click()
  await second.page.getByText('The session has ended. Log in again.').waitFor()
  await dialog.getByRole('row', { name: /Firefox/ }).waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'End all other sessions' }).click()
  await third.page.getByText('The session has ended. Log in again.').waitFor()
  await eventually('this session alone', async () => (await dialog.getByRole('row').count()) === 2)
  expect(await dialog.getByRole('button', { name: 'End all other sessions' }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await page.getByText('Running containers').first().waitFor()
  await third.close()
})

/** What cockpit-podman starts its socket with succeeds, also on a machine without systemd: the socket is there already. */
function stubSystemctl(): string {
  const stub = join(folder, 'systemctl')
  writeFileSync(stub, '#!/bin/sh\n', { mode: 0o755 })
  return `{ [ ! -e /usr/bin/systemctl ] || mount --bind ${stub} /usr/bin/systemctl; }`
}

/** The engine's service where cockpit-podman looks for one, over the store that alice's sessions have. */
function startPodmanSocket(): Service {
  mkdirSync(podmanFolder, { recursive: true })
  chownSync(podmanFolder, alice.user.uid, alice.user.gid)
  const { argv, env } = alice.command('system', 'service', '--time', '0', `unix://${podmanFolder}/podman.sock`)
  const { home, uid } = alice.user
  const own = { XDG_DATA_HOME: join(home, '.local/share'), XDG_RUNTIME_DIR: `/run/user/${uid}` }
  return startService(argv[0]!, argv.slice(1), { ...env, ...own })
}

const podmanPage = '/usr/share/cockpit/podman/index.html'
const podmanFolder = `/run/user/${alice.user.uid}/podman`

test.skipIf(!existsSync(podmanPage))(
  "cockpit-podman's own page works unchanged, from a tab of the session and after a login",
  async () => {
    const service = startPodmanSocket()
    onTestFinished(async () => {
      await service.stop()
      rmSync(podmanFolder, { recursive: true, force: true })
    })
    await eventually('the service', () => existsSync(`${podmanFolder}/podman.sock`), 20_000)
    const url = `${console_.url}/cockpit/@localhost/podman/index.html`
    // Its containers come over its own websocket, which the script before its own has bound.
    const connected = (page: Page) => page.getByRole('row', { name: /shop/ }).first().waitFor()
    const tab = await first.page.context().newPage()
    await visit(tab, url)
    await tab.waitForURL(url)
    await connected(tab)
    await tab.close()
    const stranger = await openWindow(browser)
    await stranger.page.context().addCookies(await first.page.context().cookies(console_.url))
    await visit(stranger.page, url)
    await stranger.page.getByLabel('User name').fill('alice')
    await stranger.page.getByLabel('Password').fill('alice')
    await stranger.page.getByRole('button', { name: 'Log in' }).click()
    await stranger.page.waitForURL(url)
    await connected(stranger.page)
    await stranger.close()
  },
)

test('a session of one’s own: the one-time address binds it, and leaves no secret in address or history', async () => {
  const port = await freePort()
  const argv = [...become(alice.user), join(dist, 'bin/berth'), 'console', '--port', String(port)]
  const service: Service = startService(argv[0]!, argv.slice(1), environment(alice.user))
  const window = await openWindow(browser)
  try {
    const address = await eventually(
      'the one-time address',
      () => /https:\/\/\S+\/login\/once\/[\w-]+/.exec(service.output())?.[0],
      20_000,
    )
    const { page } = window
    await visit(page, address)
    await page.getByText('Running containers').first().waitFor()
    expect(page.url()).not.toContain('ticket')
    const origin = new URL(address).origin
    await reload(page)
    await page.getByText('Running containers').first().waitFor()
    const [{ name, value } = { name: '', value: '' }] = (await page.context().cookies(origin)).filter((each) =>
      each.name.includes('berth'),
    )
    expect(await tryShell(origin, `${name}=${value}`)).toContain('no-session')
    await page.getByText('Running containers').first().waitFor()
  } finally {
    await window.close()
    await service.stop()
  }
})
