import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

const { images } = inject('stage')
const folder = '/work/wt/p2/.cache/pods'
let browser: Browser
let console_: Console
let session: Window
beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  mkdirSync(folder, { recursive: true })
  session = await openWindow(browser)
  await logIn(session.page, console_.url, 'alice', 'alice')
  await session.page.getByText('Running containers').first().waitFor()
  const alice = loginBerth('alice')
  await pullImages(alice, images.server, images.busybox)
  const busy = (rest: string) => ['sh', '-c', `while :; do i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; ${rest}; done`]
  await alice('run', '-d', '--name', 'lonely', images.busybox, ...busy('sleep 3'))
  await alice('pod', 'create', '--name', 'mail', '--memory', '256m', '--cpus', '1.5', '--label', 'tier=front', '-p', '127.0.0.1:18081:80', '-p', '127.0.0.1:18082:81', '-p', '127.0.0.1:18083:82', '-p', '127.0.0.1:18084:83', '-p', '127.0.0.1:18085:84')
  await alice('run', '-d', '--pod', 'mail', '--name', 'inbox', images.busybox, ...busy('echo in $i; sleep 1'))
  await alice('run', '-d', '--pod', 'mail', '--name', 'a-container-with-a-rather-long-name-that-does-not-end-soon', images.busybox, ...busy('echo long $i >&2; sleep 2'))
  await alice('pod', 'create', '--name', 'a-pod-with-a-rather-long-name-that-goes-on-and-on-and-on-for-ever')
}, 240_000)
afterAll(async () => {
  await clear(loginBerth('alice'))
  await session?.close()
  await browser?.close()
  await console_?.stop()
})
test.each([
  ['wide', 1400, 900],
  ['mid', 1000, 800],
  ['narrow', 390, 844],
] as const)('look %s', { timeout: 240_000 }, async (size, width, height) => {
  const { page } = session
  await page.setViewportSize({ width, height })
  const problems: unknown[] = []
  const shot = async (name: string) => {
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      problems.push([name, size, theme, await violations(page), await overflow(page)])
      if (theme === 'light' || size === 'wide') await page.screenshot({ path: `${folder}/${name}-${size}-${theme}.png` })
    }
    await page.emulateMedia({ colorScheme: 'light' })
  }
  const go = (hash: string) => page.evaluate((to) => void (location.hash = to), hash)
  await go('#/containers')
  await page.getByText('inbox').first().waitFor()
  await page.waitForTimeout(size === 'wide' ? 12000 : 3000)
  await shot('list')
  await go('#/containers/pods/mail')
  await page.getByRole('tab', { name: 'Resources' }).waitFor()
  await page.getByText('256').first().waitFor()
  await shot('details')
  await go('#/containers/pods/mail?tab=logs')
  await page.getByText('long 20000').first().waitFor()
  await shot('logs')
  await go('#/containers/pods/mail?tab=resources')
  await page.locator('.recharts-surface').first().waitFor()
  await page.waitForTimeout(3000)
  await shot('resources')
  await go('#/containers')
  if (width < 500) await go('#/containers')
  const create = page.getByRole('button', { name: 'Create pod' })
  if (await create.first().isVisible()) {
    await create.first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Sharing').click()
    await dialog.getByText('Show the equivalent command line').click()
    await shot('create')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  }
  console.log(JSON.stringify(problems.filter(([, , , v, o]: any) => v.length > 0 || o > 0), null, 1).slice(0, 6000))
  expect(session.errors).toEqual([])
})
