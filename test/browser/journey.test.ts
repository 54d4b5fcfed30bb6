import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { act, openCreateDialog } from './dialogs.ts'
import { loginBerth } from './login-berth.ts'

// The main job as one person does it, step by step in one window: each test goes on where the one before stopped.

const { images } = inject('stage')
let browser: Browser
let console_: Console
let window: Window
let port: number

beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  port = await freePort()
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await window?.close()
  await browser?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
})

test('a wrong password is refused with a message, the right one logs alice in', async () => {
  const { page } = window
  await logIn(page, console_.url, 'alice', 'not hers')
  await page
    .getByRole('alert')
    .filter({ hasText: /password/i })
    .waitFor()
  // The refused request is all that may have gone to the browser's console.
  window.errors.splice(0)
  await page.getByLabel('Password').fill('alice')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByText('Running containers').first().waitFor()
})

test('an unknown image is an error inside the dialog, and a pull shows its layers', async () => {
  const { page } = window
  await page.getByRole('link', { name: 'Images' }).first().click()
  await page.getByRole('button', { name: /^Pull/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Image').fill(`${images.server.split('/')[0]}/no-such:latest`)
  await dialog.getByLabel('Skip TLS verification').check()
  await dialog.getByRole('button', { name: 'Pull' }).click()
  await dialog
    .getByText(/manifest unknown|not found|no-such/i)
    .first()
    .waitFor()
  await dialog.getByLabel('Image').fill(images.server)
  await dialog.getByRole('button', { name: 'Pull' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('row', { name: /server/ }).waitFor()
})

test('a container is created with ports, variables and limits, and runs', async () => {
  const { page } = window
  await page.getByRole('link', { name: 'Containers' }).first().click()
  const dialog = await openCreateDialog(page, images.server, 'shop')
  await dialog.getByRole('button', { name: 'Add port' }).click()
  await dialog.getByLabel('Host port').fill(String(port))
  await dialog.getByLabel('Container port').fill('8080')
  await dialog.getByRole('button', { name: 'Add variable' }).click()
  await dialog.getByLabel('Variable', { exact: true }).fill('GREETING')
  await dialog.getByLabel('Value', { exact: true }).fill('hello')
  await dialog.getByLabel('Memory limit', { exact: true }).fill('64')
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('row', { name: /shop/ })
  await row.getByText('Running').waitFor()
  const answer = await eventually('the published port', () =>
    fetch(`http://127.0.0.1:${port}/`)
      .then((reply) => reply.text())
      .catch(() => undefined),
  )
  expect(answer).toBe('served by berth\n')
  const [seen] = await loginBerth('alice').json('inspect', 'shop')
  expect(seen.HostConfig.Memory).toBe(64 * 1024 * 1024)
  expect(seen.Config.Env).toContain('GREETING=hello')
})

test('a taken name is said inside the dialog', async () => {
  const { page } = window
  const dialog = await openCreateDialog(page, images.server, 'shop')
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog
    .getByText(/already in use/)
    .first()
    .waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
})

test('its figures move: the charts follow the cgroup', async () => {
  const { page } = window
  await page.getByRole('link', { name: 'shop' }).click()
  await page.getByRole('tab', { name: 'Resources' }).click()
  const path = page.locator('.recharts-area-curve').first()
  // A flat line has no height, which counts as hidden.
  await path.waitFor({ state: 'attached' })
  const before = await path.getAttribute('d')
  await loginBerth('alice').try(['exec', 'shop', 'sh', '-c', 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'])
  await eventually('the chart moving', async () => (await path.getAttribute('d')) !== before, 15_000)
  await page.getByRole('button', { name: 'Table' }).first().click()
  await page.getByRole('table').first().waitFor()
})

test('its log comes live', async () => {
  const { page } = window
  await page.getByRole('tab', { name: 'Logs' }).click()
  await page
    .getByText(/response:200/)
    .first()
    .waitFor()
  await fetch(`http://127.0.0.1:${port}/not-there`)
  await page
    .getByText(/response:404/)
    .first()
    .waitFor()
})

test('a terminal takes what is typed and follows the window', async () => {
  const { page } = window
  await page.getByRole('tab', { name: 'Terminal' }).click()
  const screen = page.locator('.xterm-rows')
  await screen.waitFor()
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.type('echo typed-$((40+2)); stty size\n')
  await eventually('the answer', async () => (await screen.innerText()).includes('typed-42'))
  const size = async () =>
    /(\d+) (\d+)\s*$/m
      .exec((await screen.innerText()).replaceAll(' ', ' '))
      ?.slice(1, 3)
      .join(' ')
  const before = await size()
  await page.setViewportSize({ width: 1000, height: 700 })
  await eventually('another size', async () => {
    await page.keyboard.type('stty size\n')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const now = await size()
    return now !== undefined && now !== before
  })
  await page.setViewportSize({ width: 1400, height: 900 })
})

test('pause, resume, rename, restart, kill, remove', async () => {
  const { page } = window
  await page.getByRole('link', { name: 'Containers' }).first().click()
  const state = (name: string, text: string) =>
    page
      .getByRole('row', { name: new RegExp(name) })
      .getByText(text, { exact: false })
      .first()
      .waitFor()
  await act(page, 'shop', 'Pause')
  await state('shop', 'Paused')
  await act(page, 'shop', 'Resume')
  await state('shop', 'Running')
  await act(page, 'shop', 'Rename…')
  await page.getByRole('dialog').getByRole('textbox').fill('market')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await state('market', 'Running')
  await act(page, 'market', 'Restart')
  await state('market', 'Running')
  await act(page, 'market', 'Stop')
  await state('market', 'Exited')
  await act(page, 'market', 'Remove…')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Remove/ })
    .click()
  await page.getByRole('row', { name: /market/ }).waitFor({ state: 'detached' })
})

test('a pod is a group of its own', async () => {
  const { page } = window
  await page.getByRole('button', { name: 'Create pod' }).click()
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('crew')
  await page.getByRole('dialog').getByLabel('Memory limit').fill('128')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Create/ })
    .click()
  const dialog = await openCreateDialog(page, images.server, 'member', 'Create container in pod')
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page
    .getByRole('row', { name: /member/ })
    .getByText('Running')
    .waitFor()
  expect(await loginBerth('alice')('ps', '--filter', 'pod=crew', '--filter', 'name=member', '--format', '{{.Names}}')).toBe(
    'member',
  )
  const group = page.getByRole('row', { name: /crew/ }).filter({ hasText: 'Create container in pod' })
  await group
    .getByText(/\d [KM]iB/)
    .first()
    .waitFor()
  await group.getByRole('link', { name: 'crew' }).click()
  await page.getByText('128 MiB').first().waitFor()
  await page.getByRole('tab', { name: 'Resources' }).click()
  await page.getByRole('region', { name: 'member' }).locator('.recharts-area-curve').first().waitFor({ state: 'attached' })
  await page.getByRole('link', { name: 'Containers' }).first().click()
})

test('an image in use is not removed, and one that is not is', async () => {
  const { page } = window
  await loginBerth('alice').try(['pod', 'rm', '-f', '-t', '0', 'crew'])
  await page.getByRole('link', { name: 'Images' }).first().click()
  const row = page.getByRole('row', { name: /server/ })
  await row.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: /Remove/ }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Remove/ })
    .click()
  await row.waitFor({ state: 'detached' })
})

test('nothing went wrong in the browser meanwhile', () => {
  // Refusals that were shown (404, 409) are noted by the browser too.
  expect(window.errors.filter((text) => !/status of (404|409|500)/.test(text))).toEqual([])
})

test('log-out ends the session and the agent', async () => {
  const { page } = window
  await page.getByRole('button', { name: 'alice' }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await page.getByLabel('User name').waitFor()
  await visit(page, console_.url)
  await page.getByLabel('User name').waitFor()
})
