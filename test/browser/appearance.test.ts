import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { overflow, settled, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { act } from './dialogs.ts'
import { inside } from './inside.ts'
import { loginBerth } from './login-berth.ts'

// One walk through all views for each size of the window: what axe finds, whether they fit, and screenshots for reviewers of a
// change, in .cache/screenshots. `npm run screenshots` makes those of the README again.

const { images } = inject('stage')
const top = join(import.meta.dirname, '../..')
const folder = join(top, '.cache/screenshots')
/** Those that the documents show. */
const shown = ['overview-wide-light', 'containers-wide-light', 'resources-wide-dark', 'containers-narrow-dark']
const forDocuments = process.env.BERTH_SCREENSHOTS !== undefined
/** The rules whose outcome depends on colours. */
const ofColours = ['color-contrast', 'link-in-text-block']
const long = 'a-name-that-somebody-generated-from-a-branch-and-a-commit-0123456789abcdef'
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
  await alice('network', 'create', '--subnet', '10.55.0.0/24', '--label', 'team=web', 'front')
  await alice('run', '-d', '--network', 'front', '--name', 'crawler', images.busybox, ...busy('sleep 1.5; echo page $i'))
  await alice('pod', 'create', '--name', 'mail')
  await alice('run', '-d', '--pod', 'mail', '--name', 'inbox', images.busybox, ...busy('sleep 3'))
  await alice('create', '--pod', 'mail', '--name', 'filter', images.busybox, 'true')
  await alice('run', '--name', 'nightly', images.busybox, 'echo', 'done')
  await alice('volume', 'create', '--label', 'team=web', `${long}-volume`)
  await alice('run', '--rm', '-v', 'data:/data', images.busybox, 'touch', '/data/report.txt')
  await alice('create', '--name', 'keeper', '-v', 'data:/data', images.busybox, 'true')
  await inside(console_, alice.user, [
    'sh',
    '-c',
    `printf hush | ${inject('stage').dist}/bin/berth secret create ${long}-secret -`,
  ])
})

afterAll(async () => {
  await clear(loginBerth('alice'))
  await session?.close()
  await browser?.close()
  await console_?.stop()
})

interface Walk {
  page: Page
  size: string
}

/** Looks at what is there, in both themes. With `as`, pictures of this name are kept. */
async function look({ page, size }: Walk, name: string, { as }: { as?: string } = {}): Promise<void> {
  // Colours do not depend on the width.
  const themes = size === 'narrow' && as === undefined ? (['light'] as const) : (['light', 'dark'] as const)
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme })
    // What does not depend on colours is the same in both.
    expect(await violations(page, theme === 'light' ? undefined : ofColours), `${name}, ${theme}`).toEqual([])
    if (as !== undefined) await keepPicture(page, `${as}-${size}-${theme}`)
  }
  const widths = size === 'wide' ? [1000, 1400] : [390]
  for (const width of widths) {
    await page.setViewportSize({ width, height: { 1400: 900, 1000: 800 }[width] ?? 844 })
    expect(await overflow(page), `${name} at ${width}`).toBeLessThanOrEqual(0)
  }
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  expect(statSync(path).size, path).toBeGreaterThan(10_000)
  if (forDocuments && shown.includes(name)) copyFileSync(path, join(top, 'docs/images', `${name}.png`))
}

/** Charts in the documents' pictures show some seconds. */
const gatherFigures = (page: Page, seconds: number) => (forDocuments ? page.waitForTimeout(seconds * 1000) : undefined)

test.each([
  ['wide', 1400, 900],
  ['narrow', 390, 844],
] as const)('every view is accessible, fits and has both themes: %s', { timeout: 360_000 }, async (size, width, height) => {
  const window = await openWindow(browser, { viewport: { width, height } })
  pictureOnFailure(window)
  const walk = { page: window.page, size }
  await visit(walk.page, console_.url)
  await walk.page.getByLabel('User name').waitFor()
  await look(walk, 'the login page', { as: 'login' })
  await logIn(walk.page, console_.url, 'alice', 'alice')
  await walk.page.getByText('Running containers').first().waitFor()
  await gatherFigures(walk.page, size === 'wide' ? 20 : 5)
  await look(walk, 'the overview', { as: 'overview' })
  await lookAtContainers(walk)
  await lookAtImages(walk)
  await lookAtOthers(walk)
  await lookAtAudit(walk)
  expect(window.errors).toEqual([])
  await window.close()
})

async function go({ page }: Walk, address: string, text: string): Promise<void> {
  await visit(page, `${console_.url}/#/${address}`)
  await page.getByText(text).first().waitFor()
}

async function lookAtContainers(walk: Walk): Promise<void> {
  const { page } = walk
  await go(walk, 'containers', 'reports')
  await gatherFigures(page, 6)
  await look(walk, 'containers', { as: 'containers' })
  await page.getByRole('link', { name: 'reports' }).click()
  for (const tab of ['Details', 'Logs', 'Resources', 'Inspect']) {
    await page.getByRole('tab', { name: tab }).click()
    if (tab === 'Resources') await page.locator('.recharts-area-curve').first().waitFor({ state: 'attached' })
    if (tab === 'Resources') await gatherFigures(page, 3)
    await look(walk, `a container's ${tab}`, tab === 'Resources' ? { as: 'resources' } : {})
  }
}

async function lookAtImages(walk: Walk): Promise<void> {
  const { page } = walk
  await go(walk, 'images?tab=registries', 'Logins are stored')
  await look(walk, 'registries')
  await go(walk, 'images', 'busybox')
  await look(walk, 'images', { as: 'images' })
  await page
    .getByRole('row', { name: /layers/ })
    .getByRole('link')
    .first()
    .click()
  for (const tab of ['Overview', 'Layers', 'History', 'Configuration', 'Tree', 'Containers']) {
    await page.getByRole('tab', { name: tab, exact: true }).click()
    if (tab === 'Layers') await page.getByRole('table', { name: 'Layers' }).waitFor()
    await look(walk, `an image's ${tab}`, tab === 'Layers' ? { as: 'layers' } : {})
  }
  for (const item of ['Push…', 'Save…', 'Tag…', 'Remove…']) {
    await act(page, images.layers, item)
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await look(walk, item)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
  }
}

/** Pods, networks, volumes and secrets: their lists and details. */
async function lookAtOthers(walk: Walk): Promise<void> {
  const { page } = walk
  const others: readonly (readonly [address: string, text: string, tabs: readonly string[]])[] = [
    ['containers/pods/mail', 'Infra container', ['Details', 'Logs', 'Resources']],
    ['networks', 'front', []],
    ['networks/front', 'Topology', ['Overview', 'Inspect']],
    ['volumes', 'data', []],
    ['volumes/data', 'keeper', ['Overview', 'Files']],
    ['secrets', long, []],
    ['events', 'create', []],
    ['system', 'Configuration files', []],
  ]
  for (const [address, text, tabs] of others) {
    await go(walk, address, text)
    if (tabs.length === 0) await look(walk, address)
    for (const tab of tabs) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await look(walk, `${tab} of ${address}`)
    }
  }
}

async function lookAtAudit(walk: Walk): Promise<void> {
  const { page } = walk
  await go(walk, 'audit?filter=nothing-like-that', 'No results found')
  await look(walk, 'an audit log where nothing matches')
  await go(walk, 'audit', 'container.start')
  await look(walk, 'the audit log', { as: 'audit' })
  await page.getByRole('button', { name: 'alice' }).click()
  await page.getByRole('menuitem', { name: 'Sessions…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Current session', { exact: true }).waitFor()
  await look(walk, 'the sessions', { as: 'sessions' })
}

test('beside the navigation and on smaller screens, what can be done with an image is in sight', async () => {
  const alice = loginBerth('alice')
  const long = 'localhost/compute/toolkit:13.0-devel-ubuntu24.04-with-debug'
  await alice('tag', images.server, long)
  const { page } = session
  await visit(page, `${console_.url}/#/images`)
  const row = page.getByRole('row', { name: /toolkit/ })
  await row.waitFor()
  for (const width of [992, 1200, 1280, 1366]) {
    await page.setViewportSize({ width, height: 800 })
    await settled(page)
    const card = await page.locator('.berth-images-card').boundingBox()
    const menu = await row.getByRole('button', { name: /^Actions for/ }).boundingBox()
    expect(menu!.x + menu!.width, String(width)).toBeLessThanOrEqual(card!.x + card!.width)
  }
  await alice('untag', long)
})

test('the page is Korean for browsers that ask for it', async () => {
  const window = await openWindow(browser, { locale: 'ko-KR' })
  await visit(window.page, console_.url)
  await window.page.getByRole('button', { name: '로그인' }).waitFor()
  await window.page.locator('input[name=user]').fill('alice')
  await window.page.locator('input[name=password]').fill('alice')
  await window.page.getByRole('button', { name: '로그인' }).click()
  await window.page.getByRole('link', { name: '컨테이너' }).first().waitFor()
  expect(await window.page.evaluate(() => document.documentElement.lang)).toBe('ko')
  await window.close()
})
