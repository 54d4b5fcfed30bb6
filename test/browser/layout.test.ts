import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { overflow, settled, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

// The page at the widths people have: nothing but tables scrolls sideways, everything can be reached, and lists work with hundreds of rows.

const { images } = inject('stage')
const widths = [390, 800, 1000, 1190, 1400] as const
const heightOf = (width: number) => (width < 768 ? 844 : 700)
const long = 'a-name-that-somebody-generated-from-a-branch-and-a-commit-0123456789abcdef'
let browser: Browser
let console_: Console
let window: Window
let page: Page

beforeAll(async () => {
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  page = window.page
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  const alice = loginBerth('alice')
  await pullImages(alice, images.server, images.busybox)
  const ports = Array.from({ length: 6 }, (_none, index) => [
    '-p',
    `127.0.0.1:${31_000 + index * 10}-${31_004 + index * 10}:${81 + index * 10}-${85 + index * 10}`,
  ])
  await alice('create', '--name', long, ...ports.flat(), images.server)
  await alice('run', '-d', '--name', 'shop', '--label', 'com.docker.compose.project=market', '-v', '/cache', images.server)
  await alice('create', '--name', 'till', '--label', 'com.docker.compose.project=market', images.busybox, 'no-such-program')
  for (let index = 0; index < 12; index += 1) await alice('create', '--name', `worker-${index}`, images.busybox, 'true')
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await clear(loginBerth('alice'))
  await window?.close()
  await browser?.close()
  await console_?.stop()
})

/** Shows a page of the console at a width. */
async function show(width: number, address: string, text: string): Promise<void> {
  await page.setViewportSize({ width, height: heightOf(width) })
  await visit(page, `${console_.url}/#/${address}`)
  // The same address again is no navigation, and rows out of sight are not there.
  await page.evaluate(() => document.querySelector('.berth-table-scroll')?.scrollTo(0, 0))
  await page.getByText(text).first().waitFor()
  await settled(page)
}

/** Pixels by which what is around the tables is wider than its place. */
const sideways = async (): Promise<number> =>
  Math.max(
    await overflow(page),
    await page.evaluate(() => {
      const main = document.getElementById('berth-main')!
      return main.scrollWidth - main.clientWidth
    }),
  )

/** Whether all of an element is within the window. */
async function isOnScreen(selector: string): Promise<boolean> {
  const box = await page.locator(selector).first().boundingBox()
  const { width, height } = page.viewportSize()!
  return box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height
}

const pages: readonly (readonly [address: string, text: string])[] = [
  ['', 'Running containers'],
  ['containers', long],
  ['containers?status=running', 'Clear all filters'],
  ['events', 'create'],
  ['images', 'busybox'],
  ['images?tab=registries', 'Logins are stored'],
  ['audit', 'container.create'],
  [`containers/${long}`, 'Configuration'],
]

test.each(widths)('nothing but a table scrolls sideways, and all that can be clicked has 24 pixels: %i', async (width) => {
  for (const [address, text] of pages) {
    await show(width, address, text)
    expect(await sideways(), address).toBeLessThanOrEqual(0)
    expect(await tooSmall(), address).toEqual([])
  }
})

test('nothing can move the page beneath the closed panel of tasks', async () => {
  await show(1400, 'containers', long)
  const moved = await page.evaluate(() => {
    const main = document.querySelector('.pf-v6-c-drawer__main')!
    main.querySelector('.pf-v6-c-drawer__panel')!.scrollIntoView()
    main.scrollLeft = 400
    return main.scrollLeft
  })
  expect(moved).toBe(0)
})

test('on a telephone the rows of a form show what is chosen, and leave room for a path', async () => {
  await show(390, 'containers', long)
  await page.getByRole('button', { name: 'Create container', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add volume' }).click()
  const widthOf = async (label: string) => (await dialog.getByLabel(label, { exact: true }).first().boundingBox())!.width
  expect(await widthOf('Type')).toBeGreaterThan(110)
  expect(await widthOf('Container path')).toBeGreaterThan(120)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

/** Controls that are less than 24 pixels high or wide, with their labels. Links within sentences are exempt. */
function tooSmall(): Promise<string[]> {
  return page.evaluate(() => {
    const controls = document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select')
    return [...controls].flatMap((control) => {
      if (control.closest('[hidden], [aria-hidden=true], .pf-v6-c-skip-to-content, p')) return []
      const label = control instanceof HTMLInputElement ? control.labels?.[0] : undefined
      const boxes = [control, ...(label ? [label] : [])].map((each) => each.getBoundingClientRect())
      const [width, height] = [Math.max(...boxes.map((each) => each.width)), Math.max(...boxes.map((each) => each.height))]
      return width === 0 || (width > 23.5 && height > 23.5) ? [] : [`${control.outerHTML.slice(0, 120)} ${width}×${height}`]
    })
  })
}

test.each(widths)('the navigation can be opened, and leads to a page: %i', async (width) => {
  await show(width, 'containers', long)
  const toggle = page.getByRole('button', { name: 'Navigation' })
  const link = page.getByRole('navigation').getByRole('link', { name: 'Images' })
  if (width < 1200) {
    expect(await toggle.getAttribute('aria-expanded')).toBe('false')
    await toggle.click()
    await settled(page)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Containers')
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('berth-nav-toggle')
    await toggle.click()
    await settled(page)
  }
  expect(await isOnScreen('#berth-sidebar a')).toBe(true)
  await link.click()
  await page.getByRole('heading', { name: 'Images', level: 1 }).waitFor()
  expect(await toggle.getAttribute('aria-expanded')).toBe(String(width >= 1200))
  if (width < 1200) expect(await page.evaluate(() => document.activeElement?.id)).toBe('berth-main')
})

test.each(widths)('what can be done with a row stays in sight, and its menu on the screen: %i', async (width) => {
  await show(width, 'containers', long)
  for (const place of ['first', 'last'] as const) {
    if (place === 'last') {
      await scrollToEnd()
      // Its first figures make a row higher on a small screen.
      await page.getByRole('row', { name: /shop/ }).getByText(/iB/).first().waitFor()
      await scrollToEnd()
    }
    const button = page
      .locator('.berth-container')
      .getByRole('button', { name: /^Actions for/ })
      [place]()
    const { x, width: own } = (await button.boundingBox())!
    expect([x >= 0, x + own <= width], place).toEqual([true, true])
    await button.click()
    await page.getByRole('menuitem', { name: 'Remove…' }).waitFor()
    await settled(page)
    const menu = (await page.locator('.pf-v6-c-menu').boundingBox())!
    expect([menu.x >= 0, menu.y >= 0, menu.x + menu.width <= width, menu.y + menu.height <= heightOf(width)], place).toEqual(
      Array.from({ length: 4 }, () => true),
    )
    // It belongs to its button: it begins or ends at it.
    const { y, height } = (await button.boundingBox())!
    expect(Math.min(Math.abs(menu.y - (y + height)), Math.abs(menu.y + menu.height - y)), place).toBeLessThan(20)
    await page.keyboard.press('Escape')
    await page.locator('.pf-v6-c-menu').waitFor({ state: 'detached' })
  }
})

test('a menu ends below the top bar where a zoomed page leaves little height', async () => {
  await page.setViewportSize({ width: 700, height: 450 })
  await visit(page, `${console_.url}/#/containers?state=running`)
  const button = page.getByRole('button', { name: 'Actions for shop' })
  await button.click()
  const first = page.getByRole('menuitem', { name: 'Stop', exact: true })
  await first.waitFor()
  await settled(page)
  const main = (await page.locator('#berth-main').boundingBox())!
  expect((await first.boundingBox())!.y).toBeGreaterThanOrEqual(main.y)
  await page.keyboard.press('Escape')
  await page.setViewportSize({ width: 1400, height: 900 })
})

/** Scrolls to the last row, in the box of the list or with the page, until the heights of the rows there are known. */
async function scrollToEnd(): Promise<void> {
  for (let before = -1; ;) {
    let end = 0
    for (const box of ['.berth-table-scroll', '#berth-main'])
      end += await page.locator(box).evaluate((element) => (element.scrollTop = element.scrollHeight))
    await settled(page)
    if (end === before) return
    before = end
  }
}

test('headings stay at the top of a list that scrolls, and the page around it does not move', async () => {
  await show(1000, 'containers', long)
  const top = () => page.getByRole('columnheader', { name: 'Name' }).evaluate((heading) => heading.getBoundingClientRect().top)
  const before = await top()
  await page.locator('.berth-table-scroll').evaluate((box) => (box.scrollTop = 300))
  expect(await page.locator('.berth-table-scroll').evaluate((box) => box.scrollTop)).toBe(300)
  expect(await top()).toBe(before)
  expect(await page.locator('#berth-main').evaluate((main) => main.scrollTop)).toBe(0)
})

test('several containers are started at once; the one that fails says why and the other runs', async () => {
  await show(1400, 'containers?filter=market', 'shop')
  await loginBerth('alice')('stop', '-t', '0', 'shop')
  await page
    .getByRole('row', { name: /shop/ })
    .getByText(/Exited/)
    .waitFor()
  await page.getByRole('checkbox', { name: 'Select all' }).check()
  await page.getByRole('region', { name: 'Selected containers' }).getByRole('button', { name: 'Start', exact: true }).click()
  const dialog = page.getByRole('dialog')
  expect(await violations(page), 'the dialog').toEqual([])
  await dialog.getByRole('button', { name: 'Start', exact: true }).click()
  await dialog.getByText('1 of 2 done. 1 failed.').waitFor()
  await dialog.getByRole('listitem').filter({ hasText: 'shop' }).getByText('Started').waitFor()
  await dialog
    .getByRole('listitem')
    .filter({ hasText: 'till' })
    .getByText(/no-such-program/)
    .waitFor()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('row', { name: /shop/ }).getByText('Running').waitFor()
})

test('filter and view are accessible, groups and columns can be chosen, and filters are in the address', async () => {
  await show(1400, 'containers', long)
  await page.getByRole('button', { name: /^Filter$/ }).click()
  await page.getByRole('checkbox', { name: /^Running/ }).check()
  expect(await violations(page), 'the filters').toEqual([])
  await page.keyboard.press('Escape')
  expect(page.url()).toContain('status=running')
  expect(await page.locator('.berth-container').count()).toBe(1)
  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await page.getByRole('button', { name: 'View' }).click()
  await page.getByRole('radio', { name: 'No groups' }).check()
  expect(await violations(page), 'the view').toEqual([])
  expect(await page.locator('.berth-group').count()).toBe(0)
  await page.getByRole('radio', { name: 'Compose project', exact: true }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('textbox', { name: 'Filter containers' }).fill('market')
  await page.locator('.berth-group').getByText('market').waitFor()
})

test('stopped containers are pruned after a look at them, and what was freed is said', async () => {
  await show(1400, 'containers', long)
  await page.getByRole('button', { name: 'More container actions' }).click()
  await page.getByRole('menuitem', { name: 'Prune…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/14 containers that do not run are removed/).waitFor()
  expect(await violations(page), 'the dialog').toEqual([])
  await dialog.getByRole('button', { name: 'Prune', exact: true }).click()
  await dialog.getByText(/14 containers were removed/).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  expect(
    (await loginBerth('alice').json('ps', '--all', '--format', 'json')).map((each: { Names: string[] }) => each.Names[0]),
  ).toEqual(['shop'])
})

test('Korean is broken between words, everywhere', async () => {
  const korean = await openWindow(browser, { locale: 'ko-KR', viewport: { width: 390, height: 844 } })
  await visit(korean.page, console_.url)
  await korean.page.locator('input[name=user]').fill('alice')
  await korean.page.locator('input[name=password]').fill('alice')
  await korean.page.getByRole('button', { name: '로그인' }).click()
  await korean.page.locator('.berth-counts').waitFor()
  for (const address of ['', 'containers', 'images', 'audit']) {
    await visit(korean.page, `${console_.url}/#/${address}`)
    await settled(korean.page)
    const others = await korean.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('body *')]
        .filter((each) =>
          /[가-힣]/.test([...each.childNodes].map((node) => (node.nodeType === 3 ? node.textContent : '')).join('')),
        )
        .filter((each) => getComputedStyle(each).wordBreak !== 'keep-all')
        .map((each) => each.outerHTML.slice(0, 160)),
    )
    expect(others, address).toEqual([])
  }
  await korean.close()
})
