import { join } from 'node:path'
import type { Browser, FrameLocator, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { eventually, run } from '../support/processes.ts'
import { launchChromium, openWindow, pictureOnFailure, visit } from './chromium.ts'
import { type Side, startCockpit } from './cockpit-stage.ts'
import type { Service } from './processes.ts'

// cockpit-podman as Debian has it, on Debian's Cockpit, with our service where it looks for Podman's.

const stage = inject('stage')
const ours: Side = {
  name: 'our engine',
  program: [join(stage.dist, 'bin/berth')],
  serve: ['system', 'service', '--time', '0', 'unix:///run/podman/podman.sock'],
}
const folder = join(stage.folder, 'cockpit-podman')
let browser: Browser
let service: Service
let url: string

beforeAll(async () => {
  browser = await launchChromium()
  const started = await startCockpit(ours, folder)
  service = started.service
  url = started.url
})
afterAll(async () => {
  await service?.stop()
  await browser?.close()
})

const rowOf = (page: FrameLocator, name: string): Locator => page.locator('#containers-containers tr', { hasText: name })

/** Whether a container has a file, by the service that only the namespace of this test sees. */
async function isThere(container: string, path: string): Promise<boolean> {
  const address = `http://d/v5.0.0/libpod/containers/${container}/archive?path=${path}`
  const ask = ['-s', '-I', '-o', '/dev/null', '-w', '%{http_code}', '--unix-socket', '/run/podman/podman.sock', address]
  return (await run('nsenter', ['-t', String(service.child.pid), '-m', 'curl', ...ask])).stdout === '200'
}

async function choose(page: FrameLocator, row: Locator, action: string): Promise<void> {
  await row.locator('[class*="c-menu-toggle"]').first().click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

test('containers are listed, started, read, entered and committed; a pod is made', async () => {
  const window = await openWindow(browser)
  pictureOnFailure(window)
  await visit(window.page, `${url}/podman`)
  const page = window.page.frameLocator('iframe[name="cockpit1:localhost/podman"]')
  const row = rowOf(page, 'from-the-shell')
  await row.waitFor()
  await choose(page, row, 'Start')
  await row.getByText('Running').waitFor()
  // Details of its own: what it wrote, and a shell in it.
  await row.getByRole('button', { name: 'Details' }).click()
  const details = page.locator('#containers-containers')
  await details.getByRole('tab', { name: 'Logs' }).click()
  await details.getByRole('tab', { name: 'Console' }).click()
  await details.locator('.container-terminal canvas').first().waitFor()
  await details.locator('.xterm-helper-textarea').last().focus()
  await window.page.keyboard.type('touch /tmp/typed\n')
  await eventually('what was typed', () => isThere('from-the-shell', '/tmp/typed'))
  await choose(page, row, 'Commit')
  await page.locator('#commit-dialog-image-name').fill('localhost/kept')
  await page.locator('.btn-ctr-commit, #btn-ctr-commit').click()
  await page.locator('.btn-ctr-commit, #btn-ctr-commit').waitFor({ state: 'detached' })
  // A pod appears as it is made.
  await page.locator('#containers-containers-create-pod-btn').click()
  await page.locator('#create-pod-dialog-name').fill('crew')
  await page.locator('#create-pod-create-btn').click()
  await page.getByText('crew').first().waitFor()
  expect(window.errors.filter((text) => /TypeError|ReferenceError/.test(text))).toEqual([])
  await window.close()
})
