import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, type Window } from './chromium.ts'
import { type Console, rootPassword, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

const { images } = inject('stage')
let browser: Browser
let console_: Console
const windows: Record<string, Window> = {}

beforeAll(async () => {
  for (const name of ['alice', 'bob']) {
    const berth = loginBerth(name)
    await pullImages(berth, images.server)
    await berth('create', '--name', `${name}-own`, images.server)
  }
  console_ = await startConsole()
  browser = await launchChromium()
})

afterAll(async () => {
  for (const window of Object.values(windows)) await window.close()
  await browser?.close()
  for (const name of ['alice', 'bob']) await clear(loginBerth(name))
  await console_?.stop()
})

async function enter(user: string, password: string): Promise<Window> {
  const window = await openWindow(browser)
  windows[user] = window
  pictureOnFailure(window)
  await logIn(window.page, console_.url, user, password)
  await window.page.getByRole('link', { name: 'Containers' }).first().click()
  return window
}

test('alice, bob and root at the same time: each sees only what is theirs', async () => {
  const [alice, bob, root] = await Promise.all([enter('alice', 'alice'), enter('bob', 'bob'), enter('root', rootPassword)])
  await alice.page.getByRole('row', { name: /alice-own/ }).waitFor()
  await bob.page.getByRole('row', { name: /bob-own/ }).waitFor()
  await root.page.getByText('No containers yet').waitFor()
  expect(await alice.page.getByText('bob-own').count()).toBe(0)
  expect(await bob.page.getByText('alice-own').count()).toBe(0)
  for (const { page } of [root]) {
    await page.getByRole('link', { name: 'Images' }).first().click()
    await page.getByText('No images yet').waitFor()
  }
})

test("what alice does comes to alice's page at once and to nobody else's", async () => {
  const { alice, bob } = windows as { alice: Window; bob: Window }
  await loginBerth('alice')('create', '--name', 'alice-second', images.server)
  await alice.page.getByRole('row', { name: /alice-second/ }).waitFor()
  expect(await bob.page.getByText('alice-second').count()).toBe(0)
})
