import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

// The pages about the engine itself and what runs in it: processes, events, the system.

const { images } = inject('stage')
let browser: Browser
let console_: Console
let window: Window

const sizes = [
  [1400, 900],
  [1000, 800],
  [390, 844],
] as const

beforeAll(async () => {
  const alice = loginBerth('alice')
  await pullImages(alice, images.busybox)
  const work = 'sleep 1000 & sh -c "while :; do sleep 1; done" & exec sleep 2000'
  await alice('run', '-d', '--name', 'busy', '--network', 'none', images.busybox, 'sh', '-c', work)
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  await logIn(window.page, console_.url, 'alice', 'alice')
  await window.page.getByText('Running containers').first().waitFor()
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
})

async function fits(name: string): Promise<void> {
  const { page } = window
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height })
    expect(await violations(page), `${name} ${width}`).toEqual([])
    expect(await overflow(page), `${name} ${width}`).toBe(0)
  }
  await page.setViewportSize({ width: 1400, height: 900 })
}

test('the processes of a container are shown live, and one gets a signal', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/containers/busy?tab=processes`)
  const row = page.getByRole('row', { name: /sleep 1000/ })
  await row.waitFor()
  await fits('processes')
  await row.getByRole('button', { name: /^Actions for process/ }).click()
  await page.getByRole('menuitem', { name: 'Send signal…' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Signal' }).selectOption('SIGKILL')
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  await row.waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /sleep 2000/ }).waitFor()
})

test('events of the past are shown, and new ones as they happen', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/events`)
  await page.getByRole('row', { name: /start.*busy/ }).waitFor()
  await loginBerth('alice')('rename', 'busy', 'busier')
  await page.getByRole('row', { name: /rename.*busier/ }).waitFor()
  await page.getByRole('textbox', { name: 'Filter the events' }).fill('rename')
  await page.getByRole('row', { name: /start.*busy/ }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Clear filter' }).click()
  await fits('events')
})

test('the system page has versions, files, disk use, and checks the storage', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/system`)
  await page.getByRole('row', { name: /registries\.conf.*In use/ }).waitFor()
  await fits('system')
  await page.getByRole('button', { name: 'Check storage…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('The storage is in order.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('button', { name: 'Prune…' }).click()
  await page.getByText('There is nothing to remove.').waitFor()
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Prune', exact: true }).isDisabled()).toBe(true)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await loginBerth('alice')('create', '--name', 'over', '--network', 'none', images.busybox, 'true')
  await page.getByRole('button', { name: 'Prune…' }).click()
  await page.getByRole('list', { name: '1 container to remove' }).getByText('over').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Prune', exact: true }).click()
  await page.getByText(/of disk space was freed/).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('button', { name: /^Tasks/ }).click()
  await page.getByRole('heading', { name: 'Prune unused data' }).waitFor()
})

test('the palette, the list of shortcuts and About open by the keyboard and fit', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/containers`)
  await page
    .getByRole('row', { name: /busier/ })
    .or(page.getByText('No containers'))
    .first()
    .waitFor()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: /^Find a page/ })
  await field.fill('e')
  await fits('palette')
  await field.fill('go system')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'System' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await fits('shortcuts')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'alice' }).click()
  await page.getByRole('menuitem', { name: 'About Berth' }).click()
  await page.getByText('Apache-2.0').waitFor()
  await fits('about')
})

test('nothing went wrong in the browser meanwhile', () => {
  expect(window.errors).toEqual([])
})
