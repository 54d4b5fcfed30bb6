import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, reload, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'
import { ask, type OtherPort, startOtherPort, tryShell } from './other-port.ts'

// Cookies know no ports: what others on the same host get of a session, and that they can do nothing with it.

const { images, folder } = inject('stage')
const alice = loginBerth('alice')
let browser: Browser
let console_: Console
let window: Window
let page: Page
let published: number
const others: OtherPort[] = []

/** Answers with the cookie it was sent: what a hostile container does with a port that somebody published. */
const cookieServer =
  'mkdir -p /tmp/w/cgi-bin; printf \'#!/bin/sh\\necho "Content-Type: text/plain"; echo; echo "cookie: $HTTP_COOKIE"\\n\' >/tmp/w/cgi-bin/c; ' +
  'chmod +x /tmp/w/cgi-bin/c; exec httpd -f -p 8080 -h /tmp/w'

beforeAll(async () => {
  await pullImages(alice, images.server)
  published = await freePort()
  const port = `127.0.0.1:${published}:8080`
  await alice('run', '-d', '--name', 'hostile', '-p', port, '--entrypoint', 'sh', images.server, '-c', cookieServer)
  mkdirSync(join(folder, 'other'), { recursive: true })
  for (const secure of [true, false]) others.push(await startOtherPort(join(folder, 'other'), secure))
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  ;({ page } = window)
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  for (const other of others) await other.close()
  await clear(alice)
  await console_?.stop()
})

const sessionCookie = async (): Promise<string> => {
  const found = (await page.context().cookies(console_.url)).find(({ name }) => name.includes('berth'))
  return `${found!.name}=${found!.value}`
}

const secretOf = (tab: Page) => tab.evaluate(() => sessionStorage.getItem('bridge.session-secret'))

/** Everything a program can try with nothing but the cookie. */
async function replay(cookie: string): Promise<void> {
  const { url } = console_
  const open = Buffer.from(JSON.stringify({ payload: 'fsread1', path: '/etc/hostname' })).toString('base64')
  const seen = await tryShell(url, cookie)
  expect(seen).toContain('no-session')
  expect(seen).not.toMatch(/uid=|channel-seed|csrf-token/)
  const value = cookie.slice(cookie.indexOf('=') + 1)
  for (const token of [value, 'A'.repeat(43), ''])
    expect((await ask(`${url}/cockpit/channel/${token}?${open}`, { Cookie: cookie })).status).toBe(403)
  const attempts: Record<string, string>[] = [
    {},
    { Authorization: `Ticket ${value}` },
    { Authorization: `Ticket ${'A'.repeat(43)}` },
  ]
  for (const headers of attempts) {
    const login = await ask(`${url}/cockpit/login`, { Cookie: cookie, ...headers })
    expect(login.status).toBe(401)
    expect(login.text).not.toMatch(/[\w-]{43}/)
  }
  // Files of packages are the same for everyone on the host; nothing of a person's is among them.
  for (const path of ['/cockpit/@localhost/manifests.json', '/cockpit/@localhost/base1/manifest.json'])
    expect((await ask(url + path, { Cookie: cookie })).text).not.toContain('alice')
}

/** The session and its page are as they were. */
async function expectUntouched(): Promise<void> {
  await page.getByRole('link', { name: 'Containers', exact: true }).first().click()
  await page
    .getByRole('row', { name: /hostile/ })
    .getByText('Running')
    .waitFor()
  await page.getByRole('link', { name: 'Overview', exact: true }).first().click()
  await page.getByText('Running containers').first().waitFor()
}

test('a server with TLS on another port is sent the cookie, and a replay opens and ends nothing', async () => {
  const [secure] = others
  const tab = await page.context().newPage()
  await visit(tab, secure!.url)
  const cookie = secure!.cookies.find((each) => each.includes('berth'))
  // This is the hole in cookies; were it closed, all this would not be needed.
  expect(cookie).toBe(await sessionCookie())
  await tab.close()
  await replay(cookie!)
  await expectUntouched()
})

test('neither a plain server nor a container with a published port gets more, and what they get opens nothing', async () => {
  const tab = await page.context().newPage()
  await visit(tab, others[1]!.url)
  await visit(tab, `http://127.0.0.1:${published}/cgi-bin/c`)
  const told = (await tab.locator('body').innerText()).trim().replace(/^cookie: */, '')
  await tab.close()
  // A browser may hold loopback to be as good as TLS: then both were sent the cookie.
  const got = [...others[1]!.cookies, told].filter((each) => each.includes('berth'))
  for (const cookie of new Set([...got, await sessionCookie()])) await replay(cookie)
  await expectUntouched()
})

test('a page on another port can neither read the secret, nor be handed one, nor speak to the console', async () => {
  const tab = await page.context().newPage()
  await visit(tab, others[0]!.url)
  const result = await tab.evaluate(async (url) => {
    const tried: Record<string, unknown> = { storage: sessionStorage.getItem('bridge.session-secret') }
    const heard: unknown[] = []
    const channel = new BroadcastChannel('bridge.session')
    channel.addEventListener('message', ({ data }) => heard.push(data))
    channel.postMessage({ ask: 'x' })
    tried['login'] = await fetch(`${url}/cockpit/login`, { credentials: 'include', headers: { Authorization: 'Ticket x' } }).then(
      () => 'read',
      () => 'refused',
    )
    tried['channel'] = await fetch(`${url}/cockpit/channel/x?e30=`, { credentials: 'include' }).then(
      () => 'read',
      () => 'refused',
    )
    tried['socket'] = await new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace('https', 'wss')}/cockpit/socket`, 'cockpit1')
      socket.addEventListener('open', () => resolve('open'))
      socket.addEventListener('close', () => resolve('closed'))
    })
    tried['heard'] = heard
    return tried
  }, console_.url)
  expect(result).toEqual({ storage: null, login: 'refused', channel: 'refused', socket: 'closed', heard: [] })
  await tab.close()
  await expectUntouched()
})

test('the console answers to no name that was made to lead to it', async () => {
  const { port } = new URL(console_.url)
  const seen = await ask(console_.url, { Host: `rebound.example:${port}` })
  expect(seen.status).toBe(421)
  expect(seen.text).toContain('--host-name rebound.example')
})

test('F5 and a duplicated tab keep the session, and a new tab is handed a secret of its own', async () => {
  await reload(page)
  await page.getByText('Running containers').first().waitFor()
  const opening = page.context().waitForEvent('page')
  await page.evaluate(() => void globalThis.open('/'))
  const copy = await opening
  await copy.getByText('Running containers').first().waitFor()
  expect(await secretOf(copy)).toBe(await secretOf(page))
  await copy.close()
  const fresh = await page.context().newPage()
  await visit(fresh, console_.url)
  await fresh.getByText('Running containers').first().waitFor()
  expect(await secretOf(fresh)).toMatch(/^[\w-]{43}$/)
  expect(await secretOf(fresh)).not.toBe(await secretOf(page))
  await fresh.close()
})

test('a browser that has the cookie but no tab with the secret is asked for the password', async () => {
  const thief = await openWindow(browser)
  await thief.page.context().addCookies(await page.context().cookies(console_.url))
  await visit(thief.page, console_.url)
  await thief.page.getByLabel('User name').waitFor()
  await thief.close()
  await expectUntouched()
})

test('the address of a download is good once', async () => {
  await page.getByRole('link', { name: 'Images' }).first().click()
  await page.getByRole('button', { name: /Actions for .*server/ }).click()
  await page.getByRole('menuitem', { name: 'Save…' }).click()
  const arriving = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  const download = await arriving
  await download.path()
  const again = await ask(new URL(download.url(), console_.url).href, { Cookie: await sessionCookie() })
  expect(again.status).toBe(403)
  await page.getByRole('link', { name: 'Overview', exact: true }).first().click()
})

test('a log-out ends the session in every tab, and no tab keeps its secret', async () => {
  const second = await page.context().newPage()
  await visit(second, console_.url)
  await second.getByText('Running containers').first().waitFor()
  const cookie = await sessionCookie()
  const secret = await secretOf(page)
  expect(await tryShell(console_.url, cookie, { secret: secret! })).toMatch(/uid=\d+/)
  await second.getByRole('button', { name: 'alice' }).click()
  await second.getByRole('menuitem', { name: 'Log out' }).click()
  await second.getByText('You are logged out.').waitFor()
  await page.getByText('The session has ended. Log in again.').waitFor()
  expect([await secretOf(page), await secretOf(second)]).toEqual([null, null])
  expect(await tryShell(console_.url, cookie, { secret: secret! })).toContain('no-session')
  await second.close()
})

test('a console on another port is another session: neither throws the other out', async () => {
  const other = await startConsole('second-console', { flags: ['--bind-address', '--max-sessions-per-user', '1'] })
  try {
    await logIn(page, console_.url, 'alice', 'alice')
    await page.getByText('Running containers').first().waitFor()
    const tab = await page.context().newPage()
    await logIn(tab, other.url, 'alice', 'alice')
    await tab.getByText('Running containers').first().waitFor()
    for (const each of [page, tab]) {
      await reload(each)
      await each.getByText('Running containers').first().waitFor()
    }
    // Its sessions are bound to the address they were made from, and there is room for one.
    const cookies = await page.context().cookies(other.url)
    const { name, value } = cookies.find((each) => each.name.endsWith(new URL(other.url).port))!
    const keys = { secret: (await secretOf(tab))! }
    expect(await tryShell(other.url, `${name}=${value}`, { ...keys, from: '127.0.0.2' })).toContain('no-session')
    expect(await tryShell(other.url, `${name}=${value}`, { ...keys, from: '127.0.0.1' })).toMatch(/uid=\d+/)
    const elsewhere = await openWindow(browser)
    await logIn(elsewhere.page, other.url, 'alice', 'alice')
    await elsewhere.page.getByText('You have reached the maximum number of sessions.').waitFor()
    await elsewhere.close()
    await tab.close()
  } finally {
    await other.stop()
  }
})

test('nothing but refusals went wrong in the browser', async () => {
  await eventually('the page', () => page.getByText('Running containers').first().isVisible())
  expect(window.errors.filter((text) => !/status of 4\d\d/.test(text))).toEqual([])
})
