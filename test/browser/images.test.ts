import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { berthAs, clear } from '../support/berth.ts'
import { must } from '../support/processes.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, giveRegistries, startConsole } from './console.ts'
import { act } from './dialogs.ts'
import { loginBerth } from './login-berth.ts'

// Everything images are to do, as one person does it in one window: each test goes on where the one before stopped.

const { images, registry, secure, folder } = inject('stage')
const archive = join(folder, 'saved-by-the-page.tar')
const copied = `${registry}/copied-by-the-page:1`
let browser: Browser
let console_: Console
let window: Window
let takeRegistries: (() => void) | undefined

beforeAll(async () => {
  takeRegistries = giveRegistries('alice')
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  await logIn(window.page, console_.url, 'alice', 'alice')
  await window.page.getByText('Running containers').first().waitFor()
  await visit(window.page, `${console_.url}/#/images`)
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await window?.close()
  await browser?.close()
  await clear(loginBerth('alice'))
  await clear(berthAs('root'))
  await console_?.stop()
  takeRegistries?.()
})

const dialog = (): Locator => window.page.getByRole('dialog')
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click()
const closed = () => dialog().waitFor({ state: 'detached' })
const row = (name: RegExp) => window.page.getByRole('row', { name })
const more = async (item: string) => {
  await window.page.getByRole('button', { name: 'More image actions' }).click()
  await window.page.getByRole('menuitem', { name: item }).click()
}

test('an image is searched for, one of its tags chosen, and pulled', async () => {
  const { page } = window
  await page.getByRole('button', { name: 'Pull image' }).first().click()
  await dialog().getByLabel('Image').fill('busybox')
  await dialog().getByRole('list', { name: 'Search results' }).getByRole('button').first().click()
  expect(await dialog().getByLabel('Image').inputValue()).toBe(images.busybox.replace(/:[^:]*$/, ''))
  await dialog()
    .getByText(/1 tag in the registry/)
    .waitFor()
  const [tag] = images.busybox.split(':').slice(-1)
  await dialog().getByRole('combobox', { name: 'Tag' }).fill(tag!)
  await press('Pull')
  await closed()
  await row(/busybox/).waitFor()
})

test('it is given another name and pushed; the digest is that of the registry', async () => {
  const { page } = window
  await act(page, images.busybox, 'Tag…')
  await dialog().getByLabel('New name').fill(copied)
  await press('Tag')
  await closed()
  await act(page, copied, 'Push…')
  await press('Push')
  const digest = await dialog().getByRole('textbox', { name: 'Digest' }).inputValue()
  await dialog().getByRole('button', { name: 'Close' }).last().click()
  const answer = await fetch(`http://${registry}/v2/copied-by-the-page/manifests/1`, {
    method: 'HEAD',
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' },
  })
  expect(answer.headers.get('docker-content-digest')).toBe(digest)
})

test('a newer image at the registry is noticed when one asks, and pulled by its badge', async () => {
  const { page } = window
  const root = berthAs('root')
  await root('pull', '-q', images.layers)
  await root('tag', images.layers, copied)
  await root('push', '-q', copied)
  await page.getByRole('button', { name: 'Check for updates' }).click()
  await page.getByText('An update is available for 1 image.').waitFor()
  await row(/copied-by-the-page/)
    .getByRole('button', { name: 'Update available' })
    .click()
  await press('Pull')
  await closed()
  const [{ Id }] = await root.json('image', 'inspect', images.layers)
  const [now] = await loginBerth('alice').json('image', 'inspect', copied)
  expect(now.Id).toBe(Id)
})

test('its details are tabs', async () => {
  const { page } = window
  await row(/copied-by-the-page/)
    .getByRole('link')
    .first()
    .click()
  await page.getByRole('heading', { level: 1, name: copied }).waitFor()
  await page.getByRole('button', { name: `Untag ${copied}` }).waitFor()
  await page.getByRole('tab', { name: 'Layers' }).click()
  // The lowest layer is busybox's own: both images have it.
  await page
    .getByRole('table', { name: 'Layers' })
    .getByRole('link', { name: /busybox/ })
    .waitFor()
  expect(await page.getByRole('table', { name: 'Layers' }).getByRole('row').count()).toBe(4)
  await page.getByRole('tab', { name: 'History' }).click()
  await page.getByRole('table', { name: 'History' }).waitFor()
  await page.getByRole('tab', { name: 'Configuration' }).click()
  await page.getByText('Working directory').waitFor()
  await page.getByRole('tab', { name: 'Tree' }).click()
  await page.getByText('Image Layers').waitFor()
  await visit(page, `${console_.url}/#/images`)
})

test('it is saved as a download, which loads elsewhere', async () => {
  const { page } = window
  await act(page, copied, 'Save…')
  const arriving = page.waitForEvent('download')
  await press('Save')
  const download = await arriving
  expect(download.suggestedFilename()).toBe('copied-by-the-page-1.tar')
  await download.saveAs(archive)
  expect(statSync(archive).size).toBeGreaterThan(100_000)
  const root = berthAs('root')
  await root('rmi', copied)
  expect(await root('load', '-i', archive)).toContain(copied)
  await page.getByText('The browser is downloading copied-by-the-page-1.tar.').waitFor()
})

test('several images are chosen, and saved as one archive', async () => {
  const { page } = window
  await page.getByRole('checkbox', { name: `Select ${copied}` }).check()
  await page.getByRole('checkbox', { name: `Select ${images.busybox}` }).check()
  await page.getByRole('region', { name: 'Selected images' }).getByRole('button', { name: 'Save…' }).click()
  const arriving = page.waitForEvent('download')
  await press('Save')
  const path = join(folder, 'several.tar')
  await (await arriving).saveAs(path)
  const manifest = JSON.parse(await must('tar', ['-xOf', path, 'manifest.json'])) as { RepoTags: string[] }[]
  expect(manifest.flatMap(({ RepoTags }) => RepoTags).toSorted()).toEqual([copied, images.busybox].toSorted())
  await page.getByRole('button', { name: 'Clear selection' }).click()
})

test('what was saved is uploaded again; what is no archive is said', async () => {
  const { page } = window
  await act(page, copied, 'Remove…')
  await press('Remove')
  await closed()
  await row(/copied-by-the-page/).waitFor({ state: 'detached' })
  const picture = join(folder, 'holiday.tar')
  writeFileSync(picture, 'no archive at all')
  await more('Load images…')
  await dialog().locator('input[type=file]').setInputFiles([archive, picture])
  await press('Load')
  await dialog().getByText(`Loaded ${copied}`).waitFor()
  await dialog().getByText('Failed to load 1 file.').waitFor()
  await press('Cancel')
  await row(/copied-by-the-page/).waitFor()
})

test('an image that lost its name is pruned, and its bytes are told', async () => {
  const { page } = window
  await act(page, copied, 'Untag…')
  await press('Untag')
  await closed()
  await page.getByRole('switch', { name: 'Dangling (1)' }).waitFor()
  await more('Prune…')
  await dialog().getByText('1 image will be removed.').waitFor()
  await press('Prune')
  await dialog()
    .getByText(/1 image was removed\. [\d.]+ k?B of disk space was freed\./)
    .waitFor()
  await dialog().getByRole('button', { name: 'Close' }).last().click()
  expect(await loginBerth('alice')('images', '-q', '--filter', 'dangling=true')).toBe('')
})

test('a list of images is shown with what is in it, and pushed whole', async () => {
  const { page } = window
  const list = `${registry}/list-for-the-page:1`
  const alice = loginBerth('alice')
  await alice('manifest', 'create', list)
  await alice('manifest', 'add', list, images.busybox)
  await row(/list-for-the-page/)
    .getByRole('link')
    .first()
    .click()
  await page.getByRole('table', { name: 'Images in the manifest list' }).getByText('linux/amd64').waitFor()
  await act(page, list, 'Push…')
  await press('Push')
  await dialog().getByText('The image was pushed').waitFor()
  await dialog().getByRole('button', { name: 'Close' }).last().click()
  const answer = await fetch(`http://${registry}/v2/list-for-the-page/manifests/1`, {
    headers: {
      accept: 'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json',
    },
  })
  expect(((await answer.json()) as { manifests: unknown[] }).manifests).toHaveLength(1)
  await act(page, list, 'Remove…')
  await press('Remove')
  await closed()
  await page.getByRole('tab', { name: 'Registries' }).waitFor()
})

test('a registry with a password is logged in to and out of', async () => {
  const { page } = window
  await page.getByRole('tab', { name: 'Registries' }).click()
  await page
    .getByRole('row', { name: new RegExp(registry) })
    .getByText('Insecure')
    .waitFor()
  await page.getByRole('button', { name: 'Log in to a registry' }).click()
  await dialog().getByLabel('Registry').fill(secure.host)
  await dialog().getByLabel('User name').fill(secure.name)
  await dialog().getByLabel('Password or token').fill('wrong')
  await dialog().getByLabel('Skip TLS verification').check()
  await press('Log in')
  await dialog().getByText('Login failed').waitFor()
  await dialog().getByLabel('Password or token').fill(secure.password)
  await press('Log in')
  await closed()
  const at = page.getByRole('row', { name: new RegExp(secure.host) })
  await at.getByText(secure.name).waitFor()
  expect(await loginBerth('alice')('login', '--get-login', secure.host)).toBe(secure.name)
  await at.getByRole('button', { name: `Log out of ${secure.host}` }).click()
  await press('Log out')
  await closed()
  await at.getByRole('button', { name: /^Log out/ }).waitFor({ state: 'detached' })
})

test('nothing went wrong in the browser meanwhile', () => {
  // Refusals that were shown are noted by the browser too.
  expect(window.errors.filter((text) => !/status of (400|401|404|409|500)/.test(text))).toEqual([])
})
