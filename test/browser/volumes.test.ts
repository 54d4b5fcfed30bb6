import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { must } from '../support/processes.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { act } from './dialogs.ts'
import { loginBerth } from './login-berth.ts'

// Volumes and secrets, as one person uses them in one window: each test goes on where the one before stopped.

const { images, folder } = inject('stage')
const long = 'a-name-that-somebody-generated-from-a-branch-and-a-commit-0123456789abcdef'
let browser: Browser
let console_: Console
let window: Window
const alice = loginBerth('alice')

beforeAll(async () => {
  await pullImages(alice, images.busybox)
  await alice('volume', 'create', '-l', 'project=shop', long)
  const script = 'mkdir -p /m/conf.d; echo hello >/m/conf.d/site.conf; sleep 1000'
  await alice('run', '-d', '--name', 'keeper', '--network', 'none', '-v', 'site:/m', images.busybox, 'sh', '-c', script)
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  await logIn(window.page, console_.url, 'alice', 'alice')
  await window.page.getByText('Running containers').first().waitFor()
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await window?.close()
  await browser?.close()
  await clear(alice)
  await alice.try(['volume', 'rm', '-a'])
  await alice.try(['secret', 'rm', '-a'])
  await console_?.stop()
})

const dialog = (): Locator => window.page.getByRole('dialog')
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click()
const closed = () => dialog().waitFor({ state: 'detached' })

async function fits(name: string): Promise<void> {
  const { page } = window
  for (const [width, height] of [
    [1400, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    expect(await violations(page), `${name} ${width}`).toEqual([])
    expect(await overflow(page), `${name} ${width}`).toBe(0)
  }
  await page.setViewportSize({ width: 1400, height: 900 })
}

test('volumes are listed with their users, and a new one is there at once, from the command line too', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/volumes`)
  await page.getByRole('row', { name: /site/ }).getByRole('link', { name: 'keeper' }).waitFor()
  await page.getByRole('button', { name: 'Create volume' }).click()
  await dialog().getByRole('textbox', { name: 'Name' }).fill('made')
  await press('Create')
  await closed()
  await page.getByRole('link', { name: 'made' }).waitFor()
  await alice('volume', 'create', 'by-command')
  await page.getByRole('link', { name: 'by-command' }).waitFor()
  await fits('volumes')
})

test('files are browsed, downloaded and uploaded', async () => {
  const { page } = window
  const archive = join(folder, 'volume-by-the-page.tar')
  writeFileSync(join(folder, 'uploaded.txt'), 'from the page\n')
  await must('tar', ['-C', folder, '-cf', archive, 'uploaded.txt'])
  await page.getByRole('link', { name: 'site', exact: true }).click()
  await page.getByRole('tab', { name: 'Files' }).click()
  await page.getByRole('link', { name: 'conf.d' }).click()
  const row = page.getByRole('row', { name: /site\.conf/ })
  await row.getByText('6 B').waitFor()
  await fits('files')
  await row.getByRole('button', { name: 'Download site.conf' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), press('Download')])
  expect(readFileSync(await download.path()).includes('hello\n')).toBe(true)
  await closed()
  await act(page, 'site', 'Upload archive…')
  await dialog().locator('input[type=file]').setInputFiles(archive)
  await press('Upload')
  await closed()
  expect(await alice('exec', 'keeper', 'cat', '/m/uploaded.txt')).toBe('from the page')
})

test('unused volumes are pruned, with files in one of them once that is typed', async () => {
  const { page } = window
  await alice('run', '--rm', '--network', 'none', '-v', 'made:/m', images.busybox, 'sh', '-c', 'echo kept > /m/file')
  await visit(page, `${console_.url}/#/volumes`)
  await page.getByRole('button', { name: 'More volume actions' }).click()
  await page.getByRole('menuitem', { name: 'Prune…' }).click()
  await dialog().getByRole('list', { name: 'Volumes to remove' }).getByText('made').waitFor()
  await dialog().getByLabel('Type Prune to confirm').fill('Prune')
  await press('Prune')
  await dialog().getByText('3 volumes were removed.').waitFor()
  await dialog().getByRole('button', { name: 'Close' }).last().click()
  expect(await alice('volume', 'ls', '-q')).toBe('site')
})

test('a secret is created, offered to a container, and never shown', async () => {
  const { page } = window
  await visit(page, `${console_.url}/#/secrets`)
  await page.getByRole('button', { name: 'Create secret' }).click()
  await dialog().getByRole('textbox', { name: 'Name' }).fill('db-password')
  await dialog().getByRole('textbox', { name: 'Value' }).fill('hunter2')
  await press('Create')
  await closed()
  await page.getByRole('row', { name: /db-password/ }).waitFor()
  await fits('secrets')
  expect(await page.content()).not.toContain('hunter2')
  expect(await alice('secret', 'inspect', '--showsecret', '--format', '{{.SecretData}}', 'db-password')).toBe('hunter2')
  await act(page, 'db-password', 'Remove…')
  await press('Remove')
  await page.getByText('No secrets yet').waitFor()
})
