import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../e2e/berth.ts'
import { launchChromium, logIn, openWindow, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { act } from './dialogs.ts'
import { loginBerth } from './login-berth.ts'

const { images } = inject('stage')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: Browser
let console_: Console

beforeAll(async () => {
  const alice = loginBerth('alice')
  await pullImages(alice, images.server)
  await alice('pod', 'create', '--name', 'crew')
  await alice('run', '-d', '--name', 'shop', images.server)
  await alice('create', '--name', 'member', '--pod', 'crew', images.server)
  console_ = await startConsole()
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
})

/** What axe finds, in words. The page's own policy forbids scripts from elsewhere, so it is evaluated, not added. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    return (await tool.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    )
  })
  return found
}

/** The address of every view, and what shows that it is there. */
const views = [
  ['#/', 'Running containers'],
  ['#/containers', 'shop'],
  ['#/images', 'server'],
  ['#/images?tab=registries', 'Logins are kept'],
] as const

describe.each([
  ['light', 1400, 900],
  ['dark', 1400, 900],
  ['light', 390, 844],
  ['dark', 390, 844],
] as const)('%s, %i by %i', (colorScheme, width, height) => {
  let window: Window

  beforeAll(async () => {
    window = await openWindow(browser, { colorScheme, viewport: { width, height } })
  })
  afterAll(() => window.close())

  test('the login page is accessible', async () => {
    await window.page.goto(console_.url)
    await window.page.getByLabel('User name').waitFor()
    expect(await violations(window.page)).toEqual([])
  })

  test('every view is accessible and fits the width', async () => {
    const { page } = window
    await logIn(page, console_.url, 'alice', 'alice')
    await page.getByText('Running containers').first().waitFor()
    for (const [address, text] of views) {
      await page.goto(`${console_.url}/${address}`)
      await page.getByText(text).first().waitFor()
      expect(await violations(page), address).toEqual([])
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
        address,
      ).toBeLessThanOrEqual(0)
    }
    if (width >= 1200) await page.getByRole('link', { name: 'Containers' }).first().waitFor()
  })

  test('every tab of a container is accessible', async () => {
    const { page } = window
    await page.goto(`${console_.url}/#/containers`)
    await page.getByRole('link', { name: 'shop' }).click()
    for (const tab of ['Details', 'Logs', 'Resources', 'Inspect']) {
      await page.getByRole('tab', { name: tab }).click()
      await page.waitForTimeout(500)
      expect(await violations(page), tab).toEqual([])
    }
  })

  test('every tab of an image and its dialogs are accessible', async () => {
    const { page } = window
    await page.goto(`${console_.url}/#/images`)
    await page
      .getByRole('row', { name: /server/ })
      .getByRole('link')
      .first()
      .click()
    for (const tab of ['Overview', 'Layers', 'History', 'Configuration', 'Tree', 'Containers']) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await page.waitForTimeout(500)
      expect(await violations(page), tab).toEqual([])
    }
    for (const item of ['Push…', 'Save…', 'Add a name…', 'Remove…']) {
      await act(page, images.server, item)
      await page.waitForTimeout(300)
      expect(await violations(page), item).toEqual([])
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    }
  })
})

test('beside the navigation and on smaller screens, what can be done with an image is in sight', async () => {
  const alice = loginBerth('alice')
  const long = 'localhost/compute/toolkit:13.0-devel-ubuntu24.04-with-debug'
  await alice('tag', images.server, long)
  const window = await openWindow(browser)
  const { page } = window
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  await page.goto(`${console_.url}/#/images`)
  const row = page.getByRole('row', { name: /toolkit/ })
  await row.waitFor()
  for (const width of [992, 1200, 1280, 1366]) {
    await page.setViewportSize({ width, height: 800 })
    const card = await page.locator('.berth-images-card').boundingBox()
    const menu = await row.getByRole('button', { name: /^Actions for/ }).boundingBox()
    expect(menu!.x + menu!.width, String(width)).toBeLessThanOrEqual(card!.x + card!.width)
  }
  await window.close()
  await alice('untag', long)
})

test('the page speaks Korean to whoever asks for it', async () => {
  const window = await openWindow(browser, { locale: 'ko-KR' })
  await window.page.goto(console_.url)
  await window.page.getByRole('button', { name: '로그인' }).waitFor()
  await window.page.locator('input[name=user]').fill('alice')
  await window.page.locator('input[name=password]').fill('alice')
  await window.page.getByRole('button', { name: '로그인' }).click()
  await window.page.getByRole('link', { name: '컨테이너' }).first().waitFor()
  expect(await window.page.evaluate(() => document.documentElement.lang)).toBe('ko')
  await window.close()
})
