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

test('an image is found and pulled; a container of it is created, checkpointed, restored and deleted', async () => {
  const window = await openWindow(browser)
  pictureOnFailure(window)
  await visit(window.page, `${url}/podman`)
  const page = window.page.frameLocator('iframe[name="cockpit1:localhost/podman"]')
  await rowOf(page, 'from-the-shell').waitFor()
  await page.locator('#image-actions-dropdown').click()
  await page.getByRole('menuitem', { name: 'Download new image' }).click()
  const search = page.getByRole('dialog')
  await search.getByLabel('Search for').fill('busy')
  await search.getByLabel('Search for').press('Enter')
  await search.getByText('/busybox').first().click()
  await search.getByRole('button', { name: 'Download' }).click()
  await search.waitFor({ state: 'detached' })
  await page.locator('.download-in-progress').waitFor({ state: 'detached' })

  const images = page.locator('#containers-images')
  await images.getByRole('button', { name: 'Show images' }).click()
  await images.locator('tr', { hasText: '/busybox' }).getByRole('button', { name: 'Create container' }).click()
  const create = page.getByRole('dialog')
  await create.locator('#run-image-dialog-name').fill('made-here')
  await create
    .locator('#run-image-dialog-command')
    .fill("sh -c 'trap exit TERM; i=0; while :; do i=$((i + 1)); echo $i >/count; sleep 0.05; done'")
  await create.locator('#run-image-dialog-tty').uncheck()
  await create.locator('#create-image-create-run-btn').click()
  await create.waitFor({ state: 'detached' })
  const row = rowOf(page, 'made-here')
  await row.getByText('Running').waitFor()

  await choose(page, row, 'Checkpoint')
  await page.getByRole('dialog').getByRole('button', { name: 'Checkpoint' }).click()
  await row.getByText('Exited').waitFor()
  await choose(page, row, 'Restore')
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await row.getByText('Running').waitFor()
  await choose(page, row, 'Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Force delete' }).click()
  await row.waitFor({ state: 'detached' })
  expect(window.errors.filter((text) => /TypeError|ReferenceError/.test(text))).toEqual([])
  await window.close()
})
