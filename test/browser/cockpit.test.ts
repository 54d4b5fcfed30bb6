import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { eventually, must } from '../support/processes.ts'
import { launchChromium, openWindow, pictureOnFailure, visit } from './chromium.ts'
import { sides, startCockpit } from './cockpit-stage.ts'
import type { Service } from './processes.ts'

// The page as a package of a real Cockpit, whose server and bridge are Debian's, with each engine behind it.

const stage = inject('stage')
let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

/** What went wrong in our page; Cockpit's own pages report errors about services that this machine may not have. */
function errorsOfPackage(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    const ours = message.location().url.includes('/berth/')
    if (ours && message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  return errors
}

describe.each(sides)('in a real Cockpit, with $name', (side) => {
  const folder = join(stage.folder, `cockpit-${side.name.replaceAll(' ', '-')}`)
  let service: Service
  let url: string

  beforeAll(async () => {
    const started = await startCockpit(side, folder)
    service = started.service
    url = started.url
  })

  afterAll(() => service?.stop())

  test('the page lists, starts and charts containers, and hides what the engine lacks', async () => {
    const window = await openWindow(browser)
    pictureOnFailure(window)
    const errors = errorsOfPackage(window.page)
    await visit(window.page, `${url}/berth`)
    const page = window.page.frameLocator('iframe[name="cockpit1:localhost/berth"]')
    await page.getByText(side.name === 'our engine' ? /^Berth \d/ : /^Podman \d/).waitFor()
    await page.getByRole('link', { name: 'Containers', exact: true }).click()
    const row = page.getByRole('row', { name: /from-the-shell/ })
    await row.waitFor()
    // Neither a log-in nor a bar of our own inside another console.
    expect(await page.getByLabel('User name').or(page.getByRole('banner')).count()).toBe(0)
    await page.getByRole('button', { name: /Actions for from-the-shell/ }).click()
    await page.getByRole('menuitem', { name: 'Start' }).click()
    await row.getByText('Running').waitFor()
    await page.getByRole('link', { name: 'from-the-shell' }).click()
    await page.getByRole('tab', { name: 'Resources' }).click()
    const path = page.locator('.recharts-area-curve').first()
    await path.waitFor({ state: 'attached' })
    // History is ours alone: with real Podman the page offers only what it has seen itself.
    const month = page.getByLabel('Time range').locator('option', { hasText: '30 days' })
    expect(await month.count()).toBe(side.name === 'our engine' ? 1 : 0)
    const before = await path.getAttribute('d')
    await eventually('the chart moving', async () => (await path.getAttribute('d')) !== before, 20_000)
    expect(errors.filter((text) => !/status of 404/.test(text))).toEqual([])
    await window.close()
  })
  test('an image is saved as a download, through Cockpit’s own server', async () => {
    const window = await openWindow(browser)
    pictureOnFailure(window)
    await visit(window.page, `${url}/berth#/images`)
    const page = window.page.frameLocator('iframe[name="cockpit1:localhost/berth"]')
    await page.getByRole('button', { name: /Actions for .*server/ }).click()
    await page.getByRole('menuitem', { name: 'Save…' }).click()
    const arriving = window.page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    const path = join(folder, 'saved.tar')
    await (await arriving).saveAs(path)
    expect(await must('tar', ['-tf', path])).toContain('manifest.json')
    await window.close()
  })
})
