import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { pids } from '../support/users.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'
import { type Proxy, startProxy } from './proxy.ts'

// What breaks between a page and its engine, one part after the other, and what the page makes of it.

const { images } = inject('stage')
let browser: Browser
let console_: Console
let proxy: Proxy
let window: Window
let page: Page

beforeAll(async () => {
  const alice = loginBerth('alice')
  await pullImages(alice, images.server)
  await alice('run', '-d', '--name', 'shop', '--network', 'none', images.server)
  console_ = await startConsole()
  proxy = await startProxy(Number(new URL(console_.url).port))
  browser = await launchChromium()
  window = await openWindow(browser)
  ;({ page } = window)
  await enter().catch((cause: unknown) => {
    throw new Error(`Nobody came in: ${[...window.errors, console_.service.output()].join('\n')}`, { cause })
  })
  // Lost when the page is reloaded, which must not be needed.
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }))
})

async function enter(): Promise<void> {
  await logIn(page, `https://127.0.0.1:${proxy.port}/`, 'alice', 'alice')
  await page.getByRole('link', { name: 'Containers', exact: true }).first().click()
  await page.getByRole('row', { name: /shop/ }).getByText('Running').waitFor()
}

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
})

const sameDocument = () => page.evaluate(() => 'sameDocument' in globalThis)

/** Kills what runs `words` as alice for this console, without a warning; gives its pid. */
function killPart(words: RegExp): number {
  const { uid } = loginBerth('alice').user
  const found = pids().filter((pid) => isOfConsole(pid) && statusOf(pid, 'Uid') === uid && words.test(commandOf(pid)))
  expect(found, String(words)).toHaveLength(1)
  process.kill(found[0]!, 'SIGKILL')
  return found[0]!
}

function isOfConsole(pid: number): boolean {
  for (let each = pid; each > 1; each = statusOf(each, 'PPid')) if (each === console_.service.child.pid) return true
  return false
}

const statusOf = (pid: number, field: string) =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(pid, 'status'))?.[1] ?? 0)
const commandOf = (pid: number) => read(pid, 'cmdline').replaceAll('\0', ' ').trim()

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    // It has ended.
    return ''
  }
}

test('a cut connection is told, comes back by itself, and the page catches up', async () => {
  const banner = page.getByRole('status').getByText('The connection to the console was lost')
  expect(await banner.count()).toBe(0)
  await proxy.cut()
  await banner.waitFor()
  await loginBerth('alice')('create', '--name', 'meanwhile', images.server)
  await loginBerth('alice')('stop', '-t', '0', 'shop')
  await page.waitForTimeout(2_000)
  // What it knows stays on the screen.
  expect(await page.getByRole('row', { name: /shop/ }).count()).toBe(1)
  expect(await page.getByText('meanwhile').count()).toBe(0)
  await proxy.restore()
  await page.getByRole('row', { name: /meanwhile/ }).waitFor()
  await page.getByRole('row', { name: /shop/ }).getByText('Exited').waitFor()
  await banner.waitFor({ state: 'detached' })
  // What it shows is live again.
  await loginBerth('alice')('start', 'shop')
  await page.getByRole('row', { name: /shop/ }).getByText('Running').waitFor()
  expect(await sameDocument()).toBe(true)
})

test("the engine's part of a session that is killed is started again, and the page catches up", async () => {
  const killed = killPart(/engine-half/)
  await loginBerth('alice')('create', '--name', 'lighter', images.server)
  await page.getByRole('row', { name: /lighter/ }).waitFor()
  await page.getByRole('button', { name: /Actions for lighter/ }).click()
  await page.getByRole('menuitem', { name: 'Start' }).click()
  await page
    .getByRole('row', { name: /lighter/ })
    .getByText('Running')
    .waitFor()
  expect(read(killed, 'cmdline')).toBe('')
  expect(await sameDocument()).toBe(true)
})

test('a killed agent ends the session with a message, containers run on, and one can log in again', async () => {
  killPart(/agent\S* agent$/)
  await page.getByText('The session has ended. Log in again.').waitFor()
  await page.getByLabel('User name').waitFor()
  // The login service has seen its end too.
  await eventually('the end of the session', () => !pids().some((pid) => isOfConsole(pid) && /engine-half/.test(commandOf(pid))))
  expect(await loginBerth('alice')('inspect', '--format', '{{.State.Status}}', 'shop')).toBe('running')
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill('alice')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('row', { name: /shop/ }).getByText('Running').waitFor()
})

test('a part of the page that could not be loaded is loaded after all, and said where it cannot', async () => {
  const inside = await openWindow(browser)
  const parts = /\/(images-page|containers-page)-[^/]*\.js/
  let refused = 0
  await inside.page.route(parts, (route) => (refused++ === 0 ? route.abort('internetdisconnected') : route.continue()))
  await logIn(inside.page, `https://127.0.0.1:${proxy.port}/`, 'alice', 'alice')
  await inside.page.getByRole('link', { name: 'Containers', exact: true }).first().click()
  await inside.page.getByRole('row', { name: /shop/ }).waitFor()
  await inside.page.unroute(parts)
  await inside.page.route(parts, (route) => route.abort('internetdisconnected'))
  await inside.page.reload()
  await inside.page.getByText('A part of the page could not be loaded.').waitFor()
  await inside.page.unroute(parts)
  await inside.page.getByRole('button', { name: 'Try again' }).click()
  await inside.page.getByRole('row', { name: /shop/ }).waitFor()
  expect(refused).toBeGreaterThan(1)
  await inside.close()
})
