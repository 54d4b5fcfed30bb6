import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { cleanups, logIn, scratch, start } from '../fixtures/harness.ts'
import { withScript } from './package-html.ts'
import { packagePageScript } from './page-script.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Runs the script in a window of its own, as a browser would: nothing from this module is there. */
function openWindow(stored: Record<string, string>, changes: { name?: string; parent?: object } = {}) {
  const replaced: string[] = []
  const opened: { address: string; protocols: unknown; listener?: (event: { data: unknown }) => void }[] = []
  class Socket {
    static readonly OPEN = 1
    readonly #entry: (typeof opened)[number]
    constructor(address: string | URL, protocols?: unknown) {
      this.#entry = { address: String(address), protocols }
      opened.push(this.#entry)
    }
    addEventListener(_type: string, listener: (event: { data: unknown }) => void) {
      this.#entry.listener = listener
    }
  }
  const href = 'https://host:9090/cockpit/@localhost/podman/index.html?a=b#/c'
  const { host, pathname, search, hash } = new URL(href)
  const page = {
    name: '',
    location: { href, host, pathname, search, hash, replace: (address: string) => replaced.push(address) },
    sessionStorage: {
      getItem: (key: string) => stored[key] ?? null,
      removeItem: (key: string) => delete stored[key],
    },
    WebSocket: Socket,
    ...changes,
  }
  const window = { parent: page, ...page }
  if (changes.parent === undefined) window.parent = window
  const words = { key: 'k', prefix: 'session.', returnParameter: 'return' }
  runInNewContext(packagePageScript(words), { window, URL })
  const open = (address: string, protocols?: unknown) => new window.WebSocket(address, protocols)
  return { window, open, opened, replaced, stored, back: `/?return=${encodeURIComponent(pathname + search + hash)}` }
}

test('websockets of this server get the secret beside what they offer, others do not', () => {
  const { window, open, opened, replaced } = openWindow({ k: 'secret' })
  for (const [address, protocols] of [
    ['wss://host:9090/cockpit/socket', 'cockpit1'],
    ['wss://host:9090/cockpit+app/socket', ['cockpit1']],
    ['wss://host:9090/cockpit/socket', ['cockpit1', 'session.secret']],
    ['wss://host:8080/cockpit/socket', 'cockpit1'],
    ['wss://elsewhere/cockpit/socket', 'cockpit1'],
    ['wss://host:9090/other', undefined],
  ] as const)
    open(address, protocols)
  expect(opened.map(({ protocols }) => JSON.stringify(protocols))).toEqual([
    '["cockpit1","session.secret"]',
    '["cockpit1","session.secret"]',
    '["cockpit1","session.secret"]',
    '"cockpit1"',
    '"cockpit1"',
    undefined,
  ])
  expect(window.WebSocket.OPEN).toBe(1)
  expect(replaced).toEqual([])
})

test('without a secret, or with one of a session that is over, the page goes to the console and names itself', () => {
  const bare = openWindow({})
  expect(bare.replaced).toEqual([bare.back])
  const stale = openWindow({ k: 'old' })
  stale.open('wss://host:9090/cockpit/socket', 'cockpit1')
  stale.opened[0]!.listener!({ data: '1:1\n{"command":"init","problem":"no-session"}' })
  expect(stale.replaced).toEqual([])
  stale.opened[0]!.listener!({ data: '\n{"command":"init","problem":"no-session"}' })
  expect([stale.replaced, stale.stored]).toEqual([[stale.back], {}])
})

test('a session that ends takes the secret with it', () => {
  const { open, opened, stored } = openWindow({ k: 'secret' })
  open('wss://host:9090/cockpit/socket', 'cockpit1')
  opened[0]!.listener!({ data: '\n{"command":"close","channel":"1:1","problem":"terminated"}' })
  expect(stored).toEqual({ k: 'secret' })
  opened[0]!.listener!({ data: '\n{"command":"close","problem":"terminated"}' })
  expect(stored).toEqual({})
})

test('within a shell its frames carry the messages, and nothing is changed', () => {
  const { replaced } = openWindow({}, { name: 'cockpit1:localhost/podman', parent: {} })
  expect(replaced).toEqual([])
})

test('a page of a package has the script before its own, plain and compressed, and is revalidated', async () => {
  const packages = scratch()
  mkdirSync(join(packages, 'pkg'))
  writeFileSync(join(packages, 'pkg/manifest.json'), '{}')
  writeFileSync(join(packages, 'pkg/plain.html'), '<!DOCTYPE html><html><head><script src="own.js"></script></head></html>')
  writeFileSync(join(packages, 'pkg/packed.html.gz'), gzipSync('<!doctype html>\n<script src="own.js"></script>'))
  const started = await start({ packages: [packages] })
  const { cookie } = await logIn(started)
  const ask = (name: string, headers: Record<string, string> = {}) =>
    started.get(`/cockpit/@localhost/pkg/${name}`, { headers: { Cookie: cookie, ...headers } })
  const added = '<script src="/cockpit/session.js"></script>'
  const plain = await ask('plain.html')
  expect(await plain.text()).toBe(`<!DOCTYPE html><html><head>${added}<script src="own.js"></script></head></html>`)
  expect(plain.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await (await ask('packed.html')).text()).toBe(`<!doctype html>${added}\n<script src="own.js"></script>`)
  expect((await ask('plain.html', { 'If-None-Match': plain.headers.get('etag')! })).status).toBe(304)
  expect((await ask('none.html')).status).toBe(404)
  const script = await started.get('/cockpit/session.js')
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(await script.text()).toMatch(/^\(function bindPackagePage/)
})

test('the script comes first in the head, whatever stands before it', () => {
  const added = '<script src="/cockpit/session.js"></script>'
  expect(withScript('<!-- <head> --><html lang="en"><HEAD a="b">x')).toBe(`<!-- <head> --><html lang="en"><HEAD a="b">${added}x`)
  expect(withScript('<body><head>')).toBe(`${added}<body><head>`)
  expect(withScript('')).toBe(added)
})

test('who has no session yet is sent from a page of a package to the console, and from nothing else', async () => {
  const started = await start()
  const page = await started.get('/cockpit/@localhost/podman/index.html?a=b')
  expect([page.status, page.headers.get('location')]).toEqual([
    303,
    '/?return=%2Fcockpit%2F%40localhost%2Fpodman%2Findex.html%3Fa%3Db',
  ])
  expect((await started.get('/cockpit/@localhost/podman/index.js')).status).toBe(401)
})
