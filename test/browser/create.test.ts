import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/processes.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, reload, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { act, openCreateDialog } from './dialogs.ts'
import { inside } from './inside.ts'
import { loginBerth } from './login-berth.ts'

// A container described in full, changed in its place, duplicated and made into an image: each test goes on where the one before stopped.

const { images } = inject('stage')
let browser: Browser
let console_: Console
let window: Window
/** What the first container was made with, as the dialog said, and what came of it. */
let made: { command: string; inspect: Inspect }

interface Inspect {
  Config: Record<string, unknown>
  HostConfig: Record<string, unknown>
  Mounts: Record<string, unknown>[]
}

beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  await logIn(window.page, console_.url, 'alice', 'alice')
  await window.page.getByText('Running containers').first().waitFor()
  await pullImages(loginBerth('alice'), images.server)
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await window?.close()
  await browser?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
})

const served = (port: number) =>
  eventually('the published port', () =>
    fetch(`http://127.0.0.1:${port}/`)
      .then((reply) => reply.text())
      .catch(() => undefined),
  )

/** Fills the last row of several with these labels. */
async function fillLast(dialog: Locator, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await dialog.getByLabel(label, { exact: true }).last().fill(value)
}

test('a container is created with fields of every group', async () => {
  const { page } = window
  await page.getByRole('link', { name: 'Containers' }).first().click()
  const dialog = await openCreateDialog(page, images.server, 'shop')
  await dialog.getByRole('button', { name: 'Paste lines…' }).click()
  await dialog.getByLabel('Lines such as NAME=VALUE').fill('GREETING=hello\nMODE=a b')
  await dialog.getByRole('button', { name: 'Add lines' }).click()
  await dialog.getByRole('button', { name: 'Add port' }).click()
  const port = await freePort()
  await fillLast(dialog, { 'Host port': String(port), 'Container port': '8080', 'Host IP address': '127.0.0.1' })
  await dialog.getByRole('button', { name: 'Add volume' }).click()
  await dialog.getByLabel('Host path or volume name').fill('/e')
  await dialog.getByRole('option', { name: '/etc/', exact: true }).click()
  await dialog.getByLabel('Host path or volume name').fill('/etc/hostn')
  await dialog.getByRole('option', { name: '/etc/hostname', exact: true }).click()
  await fillLast(dialog, { 'Container path': '/host-name' })
  await dialog.getByLabel('Mode', { exact: true }).selectOption('ro')
  await dialog.getByRole('button', { name: 'Add volume' }).click()
  await dialog.getByLabel('Type', { exact: true }).last().selectOption('tmpfs')
  await fillLast(dialog, { 'Container path': '/scratch', Options: 'size=1m' })
  for (const group of ['Program', 'Network', 'Security and devices', 'Labels and image'])
    await dialog.getByRole('button', { name: group }).click()
  await dialog.getByLabel('Working directory').fill('/tmp')
  await dialog.getByLabel('Hostname', { exact: true }).fill('shop.example.org')
  await dialog.getByRole('button', { name: 'Add host' }).click()
  await dialog.getByLabel('Host name', { exact: true }).last().fill('db')
  await fillLast(dialog, { 'IP address': '192.0.2.7' })
  await dialog.getByLabel('Drop capabilities').fill('CHOWN')
  await dialog.getByRole('button', { name: 'Add label' }).click()
  await fillLast(dialog, { Label: 'team', 'Label value': 'web' })
  expect(await violations(page)).toEqual([])
  for (const width of [1000, 390, 1400]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
    expect(await overflow(page), `at ${width}`).toBeLessThanOrEqual(0)
  }
  await dialog.getByRole('button', { name: 'Show the equivalent command line' }).click()
  const command = (await dialog.locator('.berth-command-line pre').textContent())!
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await served(port)).toBe('served by berth\n')
  const [seen] = await loginBerth('alice').json('inspect', 'shop')
  made = { command, inspect: seen }
  expect(seen.Config.Env).toEqual(expect.arrayContaining(['GREETING=hello', 'MODE=a b']))
  expect(seen.Config).toMatchObject({ WorkingDir: '/tmp', Hostname: 'shop.example.org', Labels: { team: 'web' } })
  expect(seen.HostConfig).toMatchObject({ ExtraHosts: ['db:192.0.2.7'], CapDrop: ['CAP_CHOWN'] })
  expect(seen.Mounts).toMatchObject([{ Type: 'bind', Source: '/etc/hostname', Destination: '/host-name', RW: false }])
  expect(Object.keys(seen.HostConfig.Tmpfs)).toEqual(['/scratch'])
})

test('a port and a variable are edited: it is the same container, with another port', async () => {
  const { page } = window
  const alice = loginBerth('alice')
  const [before] = await alice.json('inspect', 'shop')
  await act(page, 'shop', 'Edit…')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('shop is stopped and started again').waitFor()
  const port = await freePort()
  await fillLast(dialog, { 'Host port': String(port) })
  await dialog.getByLabel('Value', { exact: true }).first().fill('good day')
  await dialog.getByText('2 settings change').waitFor()
  // The address names the dialog: a reload shows it again.
  await reload(page)
  await dialog.getByText('shop is stopped and started again').waitFor()
  await fillLast(dialog, { 'Host port': String(port) })
  await dialog.getByLabel('Value', { exact: true }).first().fill('good day')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await served(port)).toBe('served by berth\n')
  const [after] = await alice.json('inspect', 'shop')
  expect(after.Id).toBe(before.Id)
  expect(after.Config.Env).toEqual(expect.arrayContaining(['GREETING=good day', 'MODE=a b']))
  expect(after.Config.Labels).toEqual(before.Config.Labels)
  expect(after.Mounts).toEqual(before.Mounts)
  expect(after.HostConfig.PortBindings).toEqual({ '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] })
})

test('a duplicate is like it, but for what is changed', async () => {
  const { page } = window
  const alice = loginBerth('alice')
  await act(page, 'shop', 'Duplicate…')
  const dialog = page.getByRole('dialog')
  await eventually('the name', async () => (await dialog.getByLabel('Name', { exact: true }).inputValue()) === 'shop-copy')
  const port = await freePort()
  await fillLast(dialog, { 'Host port': String(port) })
  await dialog.getByRole('button', { name: 'Create and start' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await served(port)).toBe('served by berth\n')
  const [[one], [other]] = await Promise.all([alice.json('inspect', 'shop'), alice.json('inspect', 'shop-copy')])
  const labels = other.Config.Labels
  expect(labels).toEqual(one.Config.Labels)
  expect(other.Config.Env.toSorted()).toEqual(one.Config.Env.toSorted())
  expect(other.Config.WorkingDir).toBe('/tmp')
  for (const field of [
    'Binds',
    'CapDrop',
    'CapAdd',
    'ExtraHosts',
    'Memory',
    'PidsLimit',
    'NetworkMode',
    'ReadonlyRootfs',
    'ShmSize',
  ])
    expect([field, other.HostConfig[field]]).toEqual([field, one.HostConfig[field]])
})

test('a file is copied in, is among the changes, and is in the image of a commit', async () => {
  const { page } = window
  const alice = loginBerth('alice')
  await act(page, 'shop-copy', 'Copy files…')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Into the container' }).click()
  await dialog.getByLabel('Folder in the container').fill('/')
  await dialog
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('from the browser\n') })
  await dialog.getByRole('button', { name: 'Upload' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'shop-copy' }).click()
  await page.getByRole('tab', { name: 'Changes' }).click()
  await page.getByText('/note.txt', { exact: true }).waitFor()
  expect(await violations(page)).toEqual([])
  await act(page, 'shop-copy', 'Commit…')
  await dialog.getByLabel('Image name').fill('localhost/shop:noted')
  await dialog.getByRole('button', { name: 'Commit' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await alice('run', '--rm', '--entrypoint', 'cat', 'localhost/shop:noted', '/note.txt')).toBe('from the browser')
})

test('another image, pulled first: the same container, with its volumes and ports and the files of that image', async () => {
  const { page } = window
  const alice = loginBerth('alice')
  await alice('stop', '-t', '0', 'shop-copy')
  const [before] = await alice.json('inspect', 'shop-copy')
  await act(page, 'shop-copy', 'Edit…')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Image' }).fill(images.busybox)
  await dialog.getByText('what it wrote outside of volumes is lost').waitFor()
  await dialog.getByLabel('Command', { exact: true }).fill('httpd -f -p 8080 -h /etc')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  const [after] = await alice.json('inspect', 'shop-copy')
  expect([after.Id, after.ImageName]).toEqual([before.Id, images.busybox])
  expect([after.HostConfig.PortBindings, after.Mounts]).toEqual([before.HostConfig.PortBindings, before.Mounts])
  await alice('start', 'shop-copy')
  expect(await alice('exec', 'shop-copy', 'ls', '/')).not.toContain('note.txt')
})

test('the equivalent command, pasted into a shell, makes the same container', async () => {
  const alice = loginBerth('alice')
  const line = made.command.replace('--name shop ', '--name pasted ')
  expect(line).not.toBe(made.command)
  const shell = ['sh', '-c', `berth() { ${inject('stage').dist}/bin/berth "$@"; }\n${line}`]
  expect(await inside(console_, alice.user, shell)).toMatchObject({ code: 0, stderr: '' })
  const [pasted] = await alice.json('inspect', 'pasted')
  const told = ({ Config, HostConfig, Mounts }: Inspect) => ({
    Config: { ...Config, CreateCommand: undefined, Env: (Config['Env'] as string[]).toSorted() },
    HostConfig: { ...HostConfig, LogConfig: { ...(HostConfig['LogConfig'] as object), Path: undefined } },
    Mounts,
  })
  expect(told(pasted)).toEqual(told(made.inspect))
})

test('nothing went wrong in the browser meanwhile', () => {
  expect(window.errors.filter((text) => !/status of (404|409|500)/.test(text))).toEqual([])
})
