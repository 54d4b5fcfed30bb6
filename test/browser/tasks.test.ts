import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { clear } from '../support/berth.ts'
import { eventually } from '../support/processes.ts'
import { processesOf } from '../support/users.ts'
import { overflow, violations } from './accessibility.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, reload, type Window } from './chromium.ts'
import { type Console, startConsole } from './console.ts'
import { loginBerth } from './login-berth.ts'

// Long work belongs to its user: it outlives the dialog, the page, and the session that asked for it.

const { images, registry } = inject('stage')
const image = images.busybox.slice(images.busybox.indexOf('/') + 1)
let gate: { host: string; open(): void; close(): void; stop(): Promise<void> }
let browser: Browser
let console_: Console
let window: Window

beforeAll(async () => {
  gate = await startGate()
  console_ = await startConsole()
  browser = await launchChromium()
  window = await openWindow(browser)
  await enter('alice')
})

afterAll(async () => {
  await browser?.close()
  await clear(loginBerth('alice'))
  await console_?.stop()
  await gate?.stop()
})

/** The stage's registry, whose blobs arrive once the gate is open. */
async function startGate(): Promise<typeof gate> {
  let opened = Promise.withResolvers<void>()
  const server: Server = createServer(async (incoming, answer) => {
    if (incoming.url?.includes('/blobs/')) await opened.promise
    const headers = { ...incoming.headers, host: registry }
    const onward = request(`http://${registry}${incoming.url}`, { method: incoming.method, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 500, found.headers)
      found.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => opened.resolve(),
    close: () => (opened = Promise.withResolvers()),
    stop: async () => {
      opened.resolve()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function enter(user: string): Promise<Page> {
  const { page } = window
  await logIn(page, console_.url, user, user)
  await page.getByText('Running containers').first().waitFor()
  return page
}

async function logOut(user: string): Promise<void> {
  const { page } = window
  await page.getByRole('button', { name: user }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await page.getByLabel('User name').waitFor()
}

async function pull(page: Page): Promise<void> {
  await page.goto(`${console_.url}/#/images`)
  await page.getByRole('button', { name: 'Pull image' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Image').fill(`${gate.host}/${image}`)
  await dialog.getByLabel('Skip TLS verification').check()
  await dialog.getByRole('button', { name: 'Pull', exact: true }).click()
  await dialog.getByRole('button', { name: 'Continue in the background' }).waitFor()
}

/** Engine halves of alice: one for each agent. */
const halves = () =>
  processesOf(loginBerth('alice').user).filter((pid) => {
    try {
      return readFileSync(join('/proc', String(pid), 'cmdline'), 'latin1').includes('engine-half')
    } catch {
      return false
    }
  })

const title = () => `Pull ${gate.host}/${image}`

test('a pull goes on after F5, and after log-out and a new log-in, each time with its progress', async () => {
  pictureOnFailure(window)
  const { page } = window
  await pull(page)
  await reload(page)
  await page.getByRole('button', { name: 'Tasks, 1 running' }).click()
  await page.getByRole('heading', { name: title() }).waitFor()
  expect(await violations(page)).toEqual([])
  await logOut('alice')
  await enter('alice')
  expect(halves()).toHaveLength(2)
  await page.getByRole('button', { name: 'Tasks, 1 running' }).click()
  gate.open()
  await page.getByText(`${title()}: done`).waitFor()
  await page.getByRole('list', { name: 'Tasks' }).getByText('Done').first().waitFor()
  expect(await loginBerth('alice')('images', '--format', '{{.Repository}}')).toContain(gate.host)
  // The first session's agent stayed for it, and for nothing else.
  await eventually('the end of the first agent', () => halves().length === 1)
  for (const [width, height] of [
    [1400, 900],
    [1000, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    expect(await violations(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
  }
  await page.setViewportSize({ width: 1400, height: 900 })
  await page.getByRole('button', { name: 'Clear ended' }).click()
  await page.getByText('Pulls, pushes and other long operations').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Tasks' }).waitFor({ state: 'detached' })
})

test('another session cancels it, and nothing of it is left', async () => {
  pictureOnFailure(window)
  const { page } = window
  await loginBerth('alice')('rmi', '-f', `${gate.host}/${image}`)
  gate.close()
  await pull(page)
  await page.getByRole('button', { name: 'Continue in the background' }).click()
  await logOut('alice')
  await enter('alice')
  await page.getByRole('button', { name: 'Tasks, 1 running' }).click()
  await page.getByRole('button', { name: `Cancel: ${title()}` }).click()
  await page.getByRole('button', { name: `Remove from the list: ${title()}` }).waitFor()
  await eventually('the end of the first agent', () => halves().length === 1)
  expect(await loginBerth('alice')('images', '--format', '{{.Repository}}')).not.toContain(gate.host)
  await page.getByRole('button', { name: `Remove from the list: ${title()}` }).click()
})

test('nothing went wrong in the browser meanwhile', () => {
  expect(window.errors.filter((text) => !/status of 401/.test(text))).toEqual([])
})
