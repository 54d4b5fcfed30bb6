import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Browser, Download, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'
import { type Proxy, startProxy } from './proxy.ts'

// The logs of a pod's containers as one person reads them, step by step in one window.

const { images } = inject('stage')
const berth = loginBerth('alice')
let browser: Browser
let console_: Console
let proxy: Proxy
let window: Window
let page: Page

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  await berth('pod', 'create', '--name', 'mail', '--network', 'none')
  const script = 'mkfifo /tmp/say; while :; do read line </tmp/say && echo "$line"; done'
  for (const name of ['inbox', 'filter'])
    await berth('run', '-d', '--name', name, '--pod', 'mail', images.busybox, 'sh', '-c', script)
  console_ = await startConsole()
  proxy = await startProxy(Number(new URL(console_.url).port))
  browser = await launchChromium()
  window = await openWindow(browser, { acceptDownloads: true })
  ;({ page } = window)
  await logIn(page, `https://127.0.0.1:${proxy.port}/`, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  await visit(page, `https://127.0.0.1:${proxy.port}/#/containers/pods/mail?tab=logs`)
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await clear(berth)
  await console_?.stop()
})

const log = () => page.getByRole('log', { name: 'Logs of the pod' })
const line = (text: string) => log().locator('.berth-log-line').filter({ hasText: text })
const say = (name: string, text: string) => berth('exec', name, 'sh', '-c', `echo '${text}' >/tmp/say`)
/** All lines, each as its container and its text. */
const lines = () =>
  log()
    .locator('.berth-log-line')
    .evaluateAll((all) => all.map((each) => each.textContent.replace(each.querySelector('time')?.textContent ?? '', '').trim()))

test('lines of all are in the order of their times, with the names of who wrote them', async () => {
  await log().getByText('No output yet.').waitFor()
  for (const [name, text] of [
    ['inbox', 'one'],
    ['filter', 'two'],
    ['inbox', 'three'],
  ] as const)
    await say(name, text)
  await line('three').waitFor()
  expect(await lines()).toEqual(['inbox one', 'filter two', 'inbox three'])
})

test('they go on after a cut without a gap or a double, and after a restart', async () => {
  await proxy.cut()
  await page.getByText('The connection to the console was lost').waitFor()
  await say('filter', 'four')
  await say('inbox', 'five')
  await proxy.restore()
  await line('five').waitFor()
  await berth('stop', '-t', '0', 'inbox')
  await berth('start', 'inbox')
  await say('inbox', 'six')
  await line('six').waitFor()
  const all = ['inbox one', 'filter two', 'inbox three', 'filter four', 'inbox five', 'inbox six']
  expect((await lines()).filter((text) => !text.includes('File exists'))).toEqual(all)
})

test('they are searched and downloaded as one', async () => {
  await page.getByRole('textbox', { name: 'Search the log' }).fill('TWO')
  await log().locator('mark').filter({ hasText: 'two' }).waitFor()
  expect(await log().locator('mark').count()).toBe(1)
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.locator('label').filter({ hasText: 'Timestamps' }).click()
  const text = readFileSync(await (await download('Text (.log)', 'mail.log')).path(), 'utf8')
  expect(text.split('\n').slice(0, 4)).toEqual(['inbox one', 'filter two', 'inbox three', 'filter four'])
  const compressed = readFileSync(await (await download('Compressed text (.log.gz)', 'mail.log.gz')).path())
  expect(gunzipSync(compressed).toString()).toBe(text)
})

async function download(item: string, name: string): Promise<Download> {
  // Where a person picks the file, there is no download to look at.
  await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'))
  const arriving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
  const arrived = await arriving
  expect([await arrived.failure(), arrived.suggestedFilename()]).toEqual([null, name])
  return arrived
}

test('that of one can be chosen, is in the address, and all is good to read at every size', async () => {
  await page.getByRole('combobox', { name: 'Container' }).selectOption('filter')
  await line('four').waitFor()
  expect(await lines()).toEqual(['two', 'four'])
  expect(page.url()).toContain('container=filter')
  await page.getByRole('combobox', { name: 'Container' }).selectOption({ label: 'All containers' })
  for (const [width, height] of [
    [1400, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    await line('six').waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
  }
  expect(window.errors.filter((text) => !/ERR_CONNECTION|WebSocket/.test(text))).toEqual([])
})
