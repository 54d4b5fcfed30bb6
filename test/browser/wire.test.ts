import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { makeContainers, type ManyContainers } from '../bench/many-containers.ts'
import { probe } from '../bench/page-probe.ts'
import { eventually } from '../support/processes.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, type Window } from './chromium.ts'
import { type Console, rootPassword, startConsole } from './console.ts'

// What the server sends to a page that nobody touches.

const stage = inject('stage')
let console_: Console
let browser: Browser
let window: Window
let many: ManyContainers

beforeAll(async () => {
  console_ = await startConsole()
  many = await makeContainers(console_, `${stage.dist}/bin/berth`, stage.images.busybox, 60)
  await many.run(6)
  browser = await launchChromium()
  window = await openWindow(browser)
})

afterAll(async () => {
  await browser?.close()
  await many?.remove()
  await console_?.stop()
})

/** The CPU use of a container in its row. */
const figures = (page: Page, name: string) => page.getByRole('row', { name }).getByText(/%$/)

test('an idle page is sent a little, rows that come into sight have figures, and a hidden page is sent nothing', async () => {
  const { page } = window
  pictureOnFailure(window)
  const at = await probe(page, [])
  await logIn(page, `${console_.url}/#/containers`, 'root', rootPassword)
  await figures(page, 'worker-0005').waitFor({ timeout: 60_000 })
  // Once the last minute has come, which fills the small charts.
  await eventually('quiet', async () => (await at.received(4)) < 1000)
  expect(await at.received(6)).toBeGreaterThan(0)
  // A container that is out of sight is started, and then looked at.
  await many.run(60)
  await page.locator('.berth-table-scroll').evaluate((box) => (box.scrollTop = box.scrollHeight))
  await figures(page, 'worker-0059').waitFor({ timeout: 60_000 })
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await eventually('silence', async () => (await at.received(3)) === 0)
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await eventually('figures again', async () => (await at.received(2)) > 0)
  expect(window.errors).toEqual([])
}, 180_000)
