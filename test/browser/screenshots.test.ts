import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../e2e/berth.ts'
import { launchChromium, logIn, openWindow, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

// Pictures of the page for whoever looks at a change, in .cache/screenshots; `npm run screenshots` makes those of the README
// again.

const { images } = inject('stage')
const top = join(import.meta.dirname, '../..')
const folder = join(top, '.cache/screenshots')
/** Those that the documents show. */
const shown = ['overview-wide-light', 'containers-wide-light', 'resources-wide-dark', 'containers-narrow-dark']
let browser: Browser
let console_: Console
let session: Window

beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  mkdirSync(folder, { recursive: true })
  // The first login makes the place where the containers of all later ones are.
  session = await openWindow(browser)
  await logIn(session.page, console_.url, 'alice', 'alice')
  await session.page.getByText('Running containers').first().waitFor()
  const alice = loginBerth('alice')
  await pullImages(alice, images.server, images.busybox, images.layers)
  const busy = (rest: string) => ['sh', '-c', `while :; do i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; ${rest}; done`]
  await alice('run', '-d', '--name', 'shop', '-p', '127.0.0.1::8080', images.server)
  await alice('run', '-d', '--name', 'reports', '--memory', '128m', images.busybox, ...busy('sleep 0.5'))
  await alice('run', '-d', '--name', 'crawler', images.busybox, ...busy('sleep 1.5; echo page $i'))
  await alice('pod', 'create', '--name', 'mail')
  await alice('run', '-d', '--pod', 'mail', '--name', 'inbox', images.busybox, ...busy('sleep 3'))
  await alice('create', '--pod', 'mail', '--name', 'filter', images.busybox, 'true')
  await alice('run', '--name', 'nightly', images.busybox, 'echo', 'done')
})

afterAll(async () => {
  await clear(loginBerth('alice'))
  await session?.close()
  await browser?.close()
  await console_?.stop()
})

test.each([
  ['light', 'wide', 1400, 900],
  ['dark', 'wide', 1400, 900],
  ['light', 'narrow', 390, 844],
  ['dark', 'narrow', 390, 844],
] as const)('%s and %s', async (colorScheme, size, width, height) => {
  const window = await openWindow(browser, { colorScheme, viewport: { width, height } })
  const { page } = window
  const picture = async (name: string) => {
    const path = join(folder, `${name}-${size}-${colorScheme}.png`)
    await page.screenshot({ path })
    expect(statSync(path).size, path).toBeGreaterThan(10_000)
    if (process.env.BERTH_SCREENSHOTS && shown.includes(basename(path, '.png')))
      copyFileSync(path, join(top, 'docs/images', basename(path)))
  }
  await page.goto(console_.url)
  await page.getByLabel('User name').waitFor()
  await picture('login')
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  // Charts need some seconds of figures.
  await page.waitForTimeout(size === 'wide' ? 20_000 : 5000)
  await picture('overview')
  await page.goto(`${console_.url}/#/containers`)
  await page.getByRole('link', { name: 'reports' }).waitFor()
  await page.waitForTimeout(6000)
  await picture('containers')
  await page.getByRole('link', { name: 'reports' }).click()
  await page.getByRole('tab', { name: 'Resources' }).click()
  await page.waitForTimeout(3000)
  await picture('resources')
  await page.goto(`${console_.url}/#/images`)
  await page.getByText('busybox').first().waitFor()
  await picture('images')
  await page
    .getByRole('row', { name: /layers/ })
    .getByRole('link')
    .first()
    .click()
  await page.getByRole('tab', { name: 'Layers' }).click()
  await page.getByRole('table', { name: 'Layers' }).waitFor()
  await picture('layers')
  expect(window.errors).toEqual([])
  await window.close()
})
