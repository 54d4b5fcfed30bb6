import { readFileSync, readlinkSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { clear, pullImages } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { pids } from '../support/users.ts'
import { violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, reload, visit, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

// A terminal's shell, and all that was started in it, ends with the page that shows it, however that ends.

const { images } = inject('stage')
const berth = loginBerth('alice')
let browser: Browser
let console_: Console
let window: Window
let page: Page
let init: number

beforeAll(async () => {
  await pullImages(berth, images.busybox)
  await berth('run', '-d', '--name', 'host', '--network', 'none', images.busybox, 'sleep', '100000')
  init = Number(await berth('inspect', '--format', '{{.State.Pid}}', 'host'))
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  ;({ page } = window)
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
})

beforeEach(() => pictureOnFailure(window))

afterAll(async () => {
  await browser?.close()
  await clear(berth)
  await console_?.stop()
})

/** What runs in the container besides its first process, which reaps nobody: the dead are left out. */
function inContainer(): string[] {
  const home = namespaceOf(init)
  return pids()
    .filter((pid) => pid !== init && namespaceOf(pid) === home)
    .map((pid) => read(pid, 'cmdline').replaceAll('\0', ' ').trim())
    .filter((line) => line !== '')
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return `none of ${pid}`
  }
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    // It has ended.
    return ''
  }
}

/** Opens a terminal in a tab, and starts there what a hang-up does not end by itself. */
async function openTerminal(tab: Page): Promise<void> {
  // Another document, not only another fragment.
  await visit(tab, 'about:blank')
  await visit(tab, `${console_.url}/#/containers/host?tab=terminal`)
  const screen = tab.locator('.xterm-rows')
  await screen.waitFor()
  await tab.locator('.xterm-helper-textarea').focus()
  await eventually('a prompt', async () => (await screen.innerText()).includes('#'))
  await tab.keyboard.type('(trap "" HUP; sleep 90001; true) &\n')
  await tab.keyboard.type('while :; do echo y; done >/dev/null\n')
  await eventually('what it starts', () => inContainer().length === 3)
}

async function nothingLeft(): Promise<void> {
  await eventually('the end of what ran in the terminal', () => inContainer().length === 0, 10_000).catch(() => {})
  expect(inContainer()).toEqual([])
}

function killAgentPart(words: RegExp): void {
  const found = pids().filter((pid) => words.test(read(pid, 'cmdline').replaceAll('\0', ' ').trim()) && isOfConsole(pid))
  const [pid] = found.filter((each) => uidOf(each) === berth.user.uid)
  expect(pid, String(words)).toBeDefined()
  process.kill(pid!, 'SIGKILL')
}

const statusOf = (pid: number, field: string) =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(pid, 'status'))?.[1] ?? 0)
const uidOf = (pid: number) => statusOf(pid, 'Uid')

function isOfConsole(pid: number): boolean {
  for (let each = pid; each > 1; each = statusOf(each, 'PPid')) if (each === console_.service.child.pid) return true
  return false
}

test('F5 ends it', async () => {
  await openTerminal(page)
  await visit(page, 'about:blank')
  await nothingLeft()
  await openTerminal(page)
  await reload(page)
  await page.locator('.xterm-rows').waitFor()
  // The page has a terminal again, whose shell is all that runs.
  await eventually('one shell', () => inContainer().length === 1, 10_000)
  await page.goto(`${console_.url}/#/containers`)
  await nothingLeft()
  // Nothing is kept of those that have ended.
  expect((await berth.json('inspect', 'host'))[0].ExecIDs).toEqual([])
})

test('Ctrl-C stops a flood, and the switch for screen readers is kept', async () => {
  await visit(page, `${console_.url}/#/containers/host?tab=terminal`)
  const screen = page.locator('.xterm-rows')
  await eventually('a prompt', async () => (await screen.innerText()).includes('#'))
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.type('while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done\n')
  await eventually('the flood', async () => !(await screen.innerText()).includes('#'))
  await page.keyboard.press('Control+c')
  await page.keyboard.type('echo still-$((40+2))\n')
  await eventually('the prompt', async () => (await screen.innerText()).includes('still-42'))
  expect(await page.locator('.xterm-accessibility').count()).toBe(0)
  await page.locator('label').filter({ hasText: 'Screen reader mode' }).click()
  await page.locator('.xterm-accessibility').getByText('still-42').first().waitFor()
  await reload(page)
  await page.locator('.xterm-accessibility').waitFor({ state: 'attached' })
  expect(await violations(page)).toEqual([])
  await page.locator('label').filter({ hasText: 'Screen reader mode' }).click()
  await page.goto(`${console_.url}/#/containers`)
  await nothingLeft()
})

test('a closed tab ends it', async () => {
  const tab = await window.page.context().newPage()
  await openTerminal(tab)
  await tab.close()
  await nothingLeft()
})

test('a killed engine ends it', async () => {
  await openTerminal(page)
  killAgentPart(/engine-half/)
  await nothingLeft()
})

test('a killed agent ends it', async () => {
  await openTerminal(page)
  killAgentPart(/agent\S* agent$/)
  await nothingLeft()
  await page.getByText('The session has ended. Log in again.').waitFor()
})

test('log-out ends it', async () => {
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByRole('button', { name: 'alice' }).waitFor()
  await openTerminal(page)
  await page.getByRole('button', { name: 'alice' }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await nothingLeft()
})

test('a killed server ends it', async () => {
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByRole('button', { name: 'alice' }).waitFor()
  await openTerminal(page)
  for (const pid of pids().filter((each) => isOfConsole(each) && uidOf(each) !== berth.user.uid)) process.kill(pid, 'SIGKILL')
  await nothingLeft()
})
