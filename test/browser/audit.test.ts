import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { berthAs } from '../support/berth.ts'
import { launchChromium, logIn, openWindow, pictureOnFailure, visit, type Window } from './chromium.ts'
import { type Console, giveRegistries, rootPassword, startConsole } from './console.ts'
import { act } from './dialogs.ts'
import { loginBerth } from './login-berth.ts'
import { berthInside, endProcesses, inside } from './inside.ts'

// Who did what, as the console's server, its engine and the command line note it, and who can see, forge or push out what.

const stage = inject('stage')
const mistyped = 'my-secret-typed-as-a-name'
let browser: Browser
let console_: Console
let alice: Window
let root: Window
let takeRegistries: (() => void) | undefined
const users = { alice: berthAs('alice').user, bob: berthAs('bob').user }

beforeAll(async () => {
  // Without a console this goes to alice's own log, which stays, as what other files did before.
  await loginBerth('alice')('container', 'prune', '-f')
  for (const user of Object.values(users)) await endProcesses(user)
  takeRegistries = giveRegistries('alice')
  console_ = await startConsole('audit-console')
  browser = await launchChromium()
  alice = await openWindow(browser)
  root = await openWindow(browser)
})

afterAll(async () => {
  await alice?.close()
  await root?.close()
  await browser?.close()
  if (console_) await berthInside(console_, users.alice, 'rm', '-f', '-t', '0', '-a')
  if (console_) await berthInside(console_, users.alice, 'rmi', '-a', '-f')
  await console_?.stop()
  for (const user of Object.values(users)) await endProcesses(user)
  takeRegistries?.()
})

const folder = () => `/proc/${console_.service.child.pid}/root/var/log/berth`
const allText = () =>
  readdirSync(folder())
    .map((name) => readFileSync(join(folder(), name), 'utf8'))
    .join('')
const berth = (...args: string[]) => berthInside(console_, users.alice, ...args)
const row = (page: Page, name: RegExp) => page.getByRole('table', { name: 'Audit log' }).getByRole('row', { name })

test('refused logins and the one that succeeds are noted with their address, and a mistyped name is not', async () => {
  pictureOnFailure(alice)
  const { page } = alice
  const refused = () =>
    page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor()
  await logIn(page, console_.url, mistyped, 'whatever')
  await refused()
  await logIn(page, console_.url, 'alice', 'not-hers-at-all')
  await refused()
  await logIn(page, console_.url, 'alice', 'alice')
  await page.getByText('Running containers').first().waitFor()
  await page.getByRole('link', { name: 'Audit log' }).click()
  await row(page, /Log in.*Succeeded.*Console.*127\.0\.0\.1/).waitFor()
  await row(page, /Log in.*authentication-failed.*Console.*127\.0\.0\.1/).waitFor()
  expect(await row(page, /Unknown user|unknown/).count()).toBe(0)
  expect(allText()).not.toMatch(new RegExp(`${mistyped}|not-hers-at-all|whatever`))
})

test('what alice does by the command line and on the page shows up while she looks at it', async () => {
  pictureOnFailure(alice)
  const { page } = alice
  const image = stage.images.busybox
  expect((await berth('pull', '-q', image)).code).toBe(0)
  const made = await berth(
    'create',
    '--name',
    'logged',
    '-e',
    'PASSWORD=env-secret',
    image,
    'sh',
    '-c',
    ': cmd-secret; sleep 1000',
  )
  expect([made.code, made.stderr]).toEqual([0, expect.anything()])
  await row(page, /image\.pull/)
    .first()
    .waitFor()
  await row(page, /container\.create.*logged.*Succeeded.*Command line/).waitFor()
  await visit(page, `${console_.url}/#/containers`)
  await act(page, 'logged', 'Start')
  await page.getByRole('row', { name: /logged.*Running/ }).waitFor()
  await act(page, 'logged', 'Stop')
  await visit(page, `${console_.url}/#/audit?kind=container`)
  await row(page, /container\.start.*logged.*Succeeded.*Console.*127\.0\.0\.1/).waitFor()
  await row(page, /container\.stop.*logged.*Succeeded.*Console.*127\.0\.0\.1/).waitFor()
  expect((await berth('rm', 'nobody')).code).toBe(1)
  await row(page, /container\.remove.*nobody.*ContainerNotFound.*Command line/).waitFor()
  await row(page, /container\.prune/)
    .getByText('Unverified')
    .first()
    .waitFor()
  const own = row(page, /logged|nobody/)
  expect(await own.count()).toBe(4)
  expect(await own.filter({ hasText: 'Unverified' }).count()).toBe(0)
  const cleanups = allText().match(/container\.cleanup/g)
  expect(cleanups).toBeNull()
  expect(allText()).not.toMatch(/env-secret|cmd-secret/)
})

test('filters are in the address, and what they show is saved as CSV and JSON', async () => {
  pictureOnFailure(alice)
  const { page } = alice
  await page.getByRole('combobox', { name: 'Result' }).selectOption('failed')
  await row(page, /container\.start/)
    .first()
    .waitFor({ state: 'detached' })
  await row(page, /container\.remove.*nobody/).waitFor()
  expect(page.url()).toContain('kind=container&result=failed')
  for (const [button, check] of [
    [
      'Export CSV',
      /^time,user,.*\r\n[^\r]*,alice,\d+,,,cli,container\.remove,nobody,,ContainerNotFound,\d+,engine,\d+,,[0-9a-f]+\r\n$/,
    ],
    ['Export JSON', /^\{"id":.*"operation":"container\.remove".*\}\n$/],
  ] as const) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()])
    expect(readFileSync(await download.path(), 'utf8')).toMatch(check)
  }
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1400, height: 900 })
})

test('an administrator sees everybody, also who was nobody', async () => {
  pictureOnFailure(root)
  const { page } = root
  await logIn(page, console_.url, 'root', rootPassword)
  await page.getByText('Running containers').first().waitFor()
  await visit(page, `${console_.url}/#/audit`)
  await row(page, /root.*Log in.*Succeeded/).waitFor()
  await row(page, /Unknown user.*Log in.*authentication-failed/).waitFor()
  await row(page, /alice.*container\.start.*logged/).waitFor()
  await page.getByRole('searchbox', { name: 'User' }).fill('alice')
  await row(page, /root/).first().waitFor({ state: 'detached' })
  await row(page, /alice.*container\.start.*logged/).waitFor()
  expect(await page.getByText(mistyped).count()).toBe(0)
})

/** What the audit service answers somebody who speaks to its socket themselves. */
async function ask(requests: readonly object[], setpriv: readonly string[] = []): Promise<string> {
  const script = `
    const socket = require('net').connect('/run/berth/audit.sock', () => process.stdin.pipe(socket))
    socket.on('error', () => {}).pipe(process.stdout)`
  const argv = [...setpriv, join(stage.dist, 'bin/node'), '-e', script]
  const { stdout } = await inside(
    console_,
    setpriv.length > 0 ? berthAs('root').user : users.bob,
    argv,
    requests.map((each) => `${JSON.stringify(each)}\n`).join(''),
  )
  return stdout
}

test('bob can neither see nor forge what is not his', async () => {
  const { alice: her, bob } = users
  const claim = { operation: 'container.remove', via: 'console', object: 'forged', result: 'ok', duration: 1 }
  const login = { operation: 'session.login', user: 'alice', result: 'ok', duration: 1 }
  expect(await ask([{ record: login }])).toContain('Only the web server may report sessions')
  expect(await ask([{ record: { ...claim, uid: her.uid, user: 'alice', source: 'server' } }])).toBe('{"ok":true}\n')
  const forged = allText()
    .split('\n')
    .filter((line) => line.includes('forged'))
  expect(forged.map((line) => JSON.parse(line))).toMatchObject([{ uid: bob.uid, user: 'bob', source: 'engine' }])
  const seen = (await ask([{ list: { filters: {}, limit: 1000 } }])).trimEnd().split('\n').slice(0, -1)
  expect(seen.length).toBeGreaterThan(0)
  expect(new Set(seen.map((line) => JSON.parse(line).uid))).toEqual(new Set([bob.uid]))
  expect(await ask([{ list: { filters: { user: ['alice'] }, limit: 1000 } }])).toBe('{"end":true}\n')
  const listed = await berthInside(console_, bob, 'audit', '--filter', 'user=alice', '--format', 'json')
  expect([listed.code, listed.stdout]).toEqual([0, ''])
  expect(
    (await inside(console_, bob, ['ls', '/var/log/berth/'])).stdout +
      (await inside(console_, bob, ['cat', '/var/log/berth/audit.jsonl'])).stdout,
  ).not.toContain('alice')
  // A sub-uid of bob's, as a process in one of his containers may have, is nobody: else each of 65,536 would have a share.
  expect(await ask([{ record: claim }], ['setpriv', '--reuid=3000000001', '--clear-groups'])).toBe('')
  for (const name of readdirSync(folder()).filter((each) => each.endsWith('.jsonl'))) {
    const { mode, uid } = statSync(join(folder(), name))
    expect([name, mode & 0o777, uid]).toEqual([name, 0o640, 0])
  }
})

test('a flood of bob’s is bounded and pushes nothing of others out; what is too much goes to his own file', async () => {
  const claim = { operation: 'container.remove', via: 'cli', object: 'x'.repeat(500), result: 'ok', duration: 1 }
  const answers = (await ask(Array.from({ length: 3000 }, () => ({ record: claim })))).trimEnd().split('\n')
  const taken = answers.filter((line) => line.includes('ok')).length
  expect([answers.length, taken > 100, taken < 400]).toEqual([3000, true, true])
  const size = statSync(join(folder(), `audit-user-${users.bob.uid}.jsonl`)).size
  expect(size).toBeLessThan(400 * 1024)
  expect((await berth('rm', 'after-the-flood')).code).toBe(1)
  expect((await berth('audit', '--filter', 'object=after-the-flood', '--format', '{{.Source}}')).stdout).toBe('engine\n')
  await berthInside(console_, users.bob, 'rm', 'bobs-own')
  expect(
    (await berthInside(console_, users.bob, 'audit', '--filter', 'object=bobs-own', '--format', '{{.Source}}')).stdout,
  ).toMatch(/^(own|engine)\n$/)
  const logins = await berth('audit', '--filter', 'operation=session', '--format', '{{.Result}}')
  expect(logins.stdout).toContain('ok\n')
})

test('who logs out is noted, with how long it lasted', async () => {
  pictureOnFailure(root)
  await alice.page.getByRole('button', { name: /alice/ }).first().click()
  await alice.page.getByRole('menuitem', { name: 'Log out' }).click()
  await alice.page.getByLabel('User name').waitFor()
  await row(root.page, /alice.*Log out.*Succeeded.*127\.0\.0\.1/).waitFor()
})
