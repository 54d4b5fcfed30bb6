import { createReadStream, readFileSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { Browser, Download, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'
import { type Proxy, startProxy } from './proxy.ts'

// A log of 300,000 lines as one person reads it, step by step in one window.

const { images } = inject('stage')
const berth = loginBerth('alice')
const count = 300_000
let browser: Browser
let console_: Console
let proxy: Proxy
let window: Window
let page: Page

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  const script = `seq 1 ${count} | sed 's/$/ GET \\/api\\/items HTTP 200/; s/^\\(.*000\\) GET.*/\\1 boiler Error/'; while :; do read line </tmp/say && echo "$line"; done`
  await berth('run', '-d', '--name', 'long', '--network', 'none', images.busybox, 'sh', '-c', `mkfifo /tmp/say; ${script}`)
  await eventually('the log', async () => (await berth('logs', '--tail', '1', 'long')).startsWith(`${count}`))
  // All that comes and goes in the machine's network has come before Chromium loads anything.
  console_ = await startConsole()
  proxy = await startProxy(Number(new URL(console_.url).port))
  browser = await launchChromium()
  window = await openWindow(browser, { acceptDownloads: true })
  ;({ page } = window)
  await logIn(page, `https://127.0.0.1:${proxy.port}/`, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  await visit(page, `https://127.0.0.1:${proxy.port}/#/containers/long?tab=logs`)
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await clear(berth)
  await console_?.stop()
})

const log = () => page.getByRole('log', { name: 'Log' })
const line = (text: string | RegExp) => log().locator('.berth-log-line').filter({ hasText: text })
const say = (text: string) => berth('exec', 'long', 'sh', '-c', `echo '${text}' >/tmp/say`)
/** Waits until the search has found as many as that. */
const matches = (text: string) =>
  eventually(`${text} matches`, async () =>
    (await page.locator('.pf-v6-c-badge').allInnerTexts()).some((each) => each.replace(/\s*matching lines$/, '') === text),
  )
/** A switch is hidden behind its picture. */
const flip = (name: string) => page.locator('label').filter({ hasText: name }).click()
/** Lines that are in the box, from top to bottom. */
const inSight = () =>
  log().evaluate((box) => {
    const { top, bottom } = box.getBoundingClientRect()
    return [...box.querySelectorAll('.berth-log-line')]
      .filter((each) => each.getBoundingClientRect().bottom > top + 1 && each.getBoundingClientRect().top < bottom - 1)
      .map((each) => each.textContent.slice(each.querySelector('time')?.textContent.length ?? 0))
  })

test('it opens at its end, says how long it is, and holds few lines', async () => {
  await line(`${count} boiler Error`).waitFor()
  await page.getByText(`${count.toLocaleString('en')} lines`).waitFor()
  expect(await log().locator('.berth-log-line').count()).toBeLessThan(150)
  expect(await line(`${count} boiler Error`).locator('time').innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/)
})

test('its beginning and its middle are a key away, and no line is missing between', async () => {
  await log().focus()
  await page.keyboard.press('Home')
  await eventually('the beginning', async () => (await inSight())[0]?.startsWith('1 GET'))
  const seen = (await inSight()).map((text) => Number.parseInt(text, 10))
  expect(seen).toEqual(seen.map((_, index) => index + 1))
  await log().evaluate((box) => (box.scrollTop = box.scrollHeight / 2))
  await eventually('the middle', async () => Number.parseInt((await inSight())[0] ?? '', 10) > 140_000)
  await page.keyboard.press('End')
  await eventually('the end', async () => (await inSight()).at(-1)?.startsWith(`${count}`))
})

test('the host searches it, and matches are shown where they are', async () => {
  await page.getByLabel('Search the log', { exact: true }).fill('BOILER ERROR')
  await matches('300')
  await page.getByRole('button', { name: 'Next match' }).click()
  await matches('1 / 300')
  await eventually('the first match among its neighbours', async () => {
    const all = await inSight()
    return (
      all.includes('1000 boiler Error') &&
      all.some((text) => text.startsWith('999 ')) &&
      all.some((text) => text.startsWith('1001 '))
    )
  })
  expect(await log().locator('[aria-current=true] mark').innerText()).toBe('boiler Error')
  await page.getByRole('button', { name: 'Previous match' }).click()
  await eventually('the last match', async () => (await inSight()).includes(`${count} boiler Error`))
  await page.getByRole('button', { name: 'Regular expression' }).click()
  await page.getByLabel('Search the log', { exact: true }).fill('^29\\d000 ')
  await matches('10')
  await page.getByRole('button', { name: 'Match case' }).click()
  await page.getByLabel('Search the log', { exact: true }).fill('BOILER.')
  await page.getByText('No line matches the search.').waitFor()
  await page.getByLabel('Search the log', { exact: true }).fill('(')
  await page.getByText('This is not a valid regular expression.').waitFor()
  expect((await inSight()).length).toBeGreaterThan(0)
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByRole('button', { name: 'Regular expression' }).click()
})

test('all of it is downloaded, also compressed', async () => {
  const get = async (item: string): Promise<Download> => {
    const arriving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download', exact: true }).click()
    await page.getByRole('menuitem', { name: item }).click()
    const download = await arriving
    expect(await download.failure()).toBe(null)
    return download
  }
  await flip('Timestamps')
  const plain = await get('Text (.log)')
  expect(plain.suggestedFilename()).toBe('long.log')
  const lines = readFileSync(await plain.path(), 'utf8').split('\n')
  expect(lines.length).toBe(count + 1)
  expect(lines.slice(0, 2)).toEqual(['1 GET /api/items HTTP 200', '2 GET /api/items HTTP 200'])
  const small = await get('Compressed text (.log.gz)')
  expect(small.suggestedFilename()).toBe('long.log.gz')
  expect(await linesOf(small)).toBe(count)
})

async function linesOf(download: Download): Promise<number> {
  let lines = 0
  for await (const data of createReadStream(await download.path()).pipe(createGunzip()))
    lines += (data as Buffer).toString('latin1').split('\n').length - 1
  return lines
}

test('it is followed, over a cut without a gap or a double', async () => {
  if (!(await page.getByRole('switch', { name: 'Follow' }).isChecked())) await flip('Follow')
  await say('first news')
  await line('first news').waitFor()
  await proxy.cut()
  await page.getByText('The connection to the console was lost').waitFor()
  for (const text of ['second news', 'third news']) await say(text)
  await proxy.restore()
  await line('third news').waitFor()
  await say('fourth news')
  await line('fourth news').waitFor()
  const news = (await inSight()).filter((text) => text.endsWith('news'))
  expect(news).toEqual(['first news', 'second news', 'third news', 'fourth news'])
  await page.getByText(`${(count + 4).toLocaleString('en')} lines`).waitFor()
})

test('it is good to read at every size', async () => {
  await page.getByText('The browser is downloading').first().waitFor({ state: 'detached' })
  for (const [width, height] of [
    [1400, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    await line('fourth news').waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
  }
  await page.setViewportSize({ width: 1400, height: 900 })
  expect(window.errors.filter((text) => !/status of 400|ERR_CONNECTION|WebSocket/.test(text))).toEqual([])
})
