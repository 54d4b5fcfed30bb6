import { afterEach, expect, test, vi } from 'vitest'
import { secretKey } from '../../protocol/index.ts'
import type { BridgeEvents } from '../bridge-events.ts'
import type { Bridge } from '../bridge.ts'
import { connectSession } from './connect-session.ts'
import type { OpenConnection } from '../connection.ts'
import { answerOtherTabs, askOtherTabs } from './hand-over.ts'
import { login } from './login.ts'
import { returnTarget } from './return-target.ts'
import { keepSecret, readSecret, takeFragment } from './secret.ts'

const secret = 'S'.repeat(43)
const ticket = 'T'.repeat(43)
const cleanups: (() => void)[] = []

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  vi.unstubAllGlobals()
})

/** A page of the console: what it keeps, and a server that redeems one ticket. */
function stubPage(stored: Record<string, string> = {}) {
  const storage = {
    getItem: (key: string) => stored[key] ?? null,
    setItem: (key: string, value: string) => void (stored[key] = value),
    removeItem: (key: string) => void delete stored[key],
  }
  const asked: string[] = []
  vi.stubGlobal('window', { sessionStorage: storage, localStorage: storage })
  vi.stubGlobal('location', { pathname: '/' })
  vi.stubGlobal('fetch', async (_address: string, { headers }: { headers: Record<string, string> }) => {
    asked.push(headers['Authorization']!)
    const good = asked.length === 1 && [`Ticket ${ticket}`, `Basic ${btoa('a:b')}`].includes(headers['Authorization']!)
    return good ? Response.json({ 'session-secret': secret }) : Response.json({ problem: 'no-session' }, { status: 401 })
  })
  return { stored, asked }
}

/** Another tab's connection. */
function otherTab(state: Bridge['state'] = 'ready') {
  let end = (_detail: BridgeEvents['ended']): void => {}
  const given: string[] = []
  const bridge = {
    state,
    ticket: async (use: string) => {
      given.push(use)
      return ticket
    },
    on: (event: string, listener: typeof end) => {
      if (event === 'ended') end = listener
      return () => {}
    },
  } as unknown as Bridge
  answerOtherTabs(bridge)
  cleanups.push(() => end({ problem: 'access-denied' }))
  return { given, end: (problem: string) => end({ problem }) }
}

test('a tab that has a session gives a ticket, and never its secret; the asking tab redeems it', async () => {
  const { stored, asked } = stubPage()
  const heard: unknown[] = []
  const listening = new BroadcastChannel('bridge.session')
  listening.addEventListener('message', ({ data }: MessageEvent) => void heard.push(data))
  cleanups.push(() => listening.close())
  const { given } = otherTab()
  expect(await askOtherTabs()).toBe(true)
  expect([stored[secretKey], given, asked]).toEqual([secret, ['hand-over'], [`Ticket ${ticket}`]])
  expect(JSON.stringify(heard)).not.toContain(secret)
})

test('without such a tab, or when it is not connected, there is none after a moment', async () => {
  stubPage()
  otherTab('disconnected')
  const began = performance.now()
  expect(await askOtherTabs()).toBe(false)
  expect(performance.now() - began).toBeLessThan(1_500)
  expect(readSecret()).toBeUndefined()
})

test('a session that is over is forgotten, also by tabs that are cut off', async () => {
  const { stored } = stubPage({ [secretKey]: secret })
  otherTab('disconnected')
  const ending = otherTab()
  ending.end('terminated')
  expect(stored).toEqual({})
  stored[secretKey] = secret
  await expect.poll(() => stored[secretKey]).toBeUndefined()
})

test('a login keeps the secret of its answer', async () => {
  const { stored } = stubPage()
  expect(await login('a', 'b')).toEqual({ kind: 'session' })
  expect(stored[secretKey]).toBe(secret)
})

test('a one-time address gives a ticket in its fragment, which is gone from address and history at once', () => {
  const addresses: string[] = []
  const page = (hash: string) =>
    ({
      location: { hash, pathname: '/', search: '?a=b' },
      history: { state: null, replaceState: (_state: unknown, _title: string, address: string) => addresses.push(address) },
    }) as unknown as Window
  expect(takeFragment(page(`#ticket=${ticket}`))).toBe(ticket)
  expect(addresses).toEqual(['/?a=b'])
  expect(takeFragment(page('#ticket=short'))).toBeUndefined()
  expect(takeFragment(page('#/containers'))).toBeUndefined()
  expect(addresses).toHaveLength(2)
})

test('what is no secret is not kept', () => {
  const { stored } = stubPage()
  for (const invalid of [undefined, 7, '', 'x'.repeat(42), `${'x'.repeat(42)}\n`]) expect(keepSecret(invalid)).toBe(false)
  expect(stored).toEqual({})
})

test('only pages of packages are gone back to', () => {
  const target = (wanted: string) =>
    returnTarget({ href: `https://host:9090/?return=${encodeURIComponent(wanted)}#/`, origin: 'https://host:9090' })
  expect(target('/cockpit/@localhost/podman/index.html?x=1#/y')).toBe('/cockpit/@localhost/podman/index.html?x=1#/y')
  for (const invalid of [
    'https://elsewhere/cockpit/@localhost/x',
    '//elsewhere/cockpit/@localhost/x',
    '/',
    '/cockpit/login',
    'javascript:alert(1)',
    '/cockpit/channel/x',
    '/cockpit/@localhost/',
    'https://host:8080/cockpit/@localhost/x/y',
  ])
    // oxfmt-ignore
    expect([invalid, target(invalid)]).toEqual([invalid, undefined])
  expect(returnTarget({ href: 'https://host:9090/', origin: 'https://host:9090' })).toBeUndefined()
})

test('a secret of a session that is over is replaced by one that another tab hands over', async () => {
  const { stored } = stubPage({ [secretKey]: 'O'.repeat(43) })
  vi.stubGlobal('location', { pathname: '/', search: '', hash: '' })
  vi.stubGlobal('window', Object.assign(Object.create(window), { name: '', location: globalThis.location }))
  Object.assign(window, { parent: window })
  otherTab()
  const offered: (string | undefined)[] = []
  const connection: OpenConnection = (events) => {
    const now = readSecret()
    offered.push(now)
    const greeting = { command: 'init', version: 1, ...(now === secret ? { 'channel-seed': '1:' } : { problem: 'no-session' }) }
    queueMicrotask(() => {
      events.opened()
      events.message(`\n${JSON.stringify(greeting)}`)
    })
    return { buffered: 0, send: () => {}, close: () => {} }
  }
  const bridge = await connectSession({ connection })
  expect([offered, stored[secretKey]]).toEqual([['O'.repeat(43), secret], secret])
  bridge.logout()
  expect(stored).toEqual({})
})
