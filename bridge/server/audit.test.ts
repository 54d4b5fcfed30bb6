import { afterEach, expect, test, vi } from 'vitest'
import { basic, cleanups, logIn, openPage, start } from './fixtures/harness.ts'
import type { AuditEvent, Times } from './index.ts'

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function audited(times?: Partial<Times>) {
  const events: AuditEvent[] = []
  const started = await start({ audit: (event) => events.push(event), times })
  const recorded = (count: number) => vi.waitFor(() => expect(events.length).toBe(count))
  return { started, events, recorded }
}

const seen = ({ duration, ...event }: AuditEvent) => {
  expect(duration).toBeGreaterThanOrEqual(0)
  return event
}

test('logins, refused logins and conversations are recorded with user and address', async () => {
  const { started, events, recorded } = await audited({ sessionIdle: 100 })
  await started.get('/cockpit/login', { headers: basic('alice', 'geheim: ü') })
  await started.get('/cockpit/login', { headers: basic('a password', 'x') })
  await started.get('/cockpit/login', { headers: basic('x'.repeat(2000), '') })
  const asked = await started.get('/cockpit/login', { headers: basic('carol', 'ask') })
  const [, id] = /^X-Conversation (\S+)/.exec(asked.headers.get('www-authenticate')!)!
  await started.get('/cockpit/login', { headers: { Authorization: `X-Conversation ${id} ${btoa('41')}` } })
  await recorded(5)
  const address = '127.0.0.1'
  const [login, ...others] = events.map(seen)
  expect(login).toEqual({ event: 'login', user: 'alice', address, result: 'ok' })
  expect(others).toEqual(
    expect.arrayContaining([
      { event: 'login', user: 'a password', address, result: 'authentication-failed' },
      { event: 'login', user: 'x'.repeat(256), address, result: 'authentication-failed' },
      { event: 'login', user: 'carol', address, result: 'authentication-failed' },
      { event: 'end', user: 'alice', address, result: 'ok', reason: 'timeout' },
    ]),
  )
})

test('a logout and the end of a session are recorded once', async () => {
  const { started, events, recorded } = await audited()
  const page = await openPage(started.server, await logIn(started))
  page.send({ command: 'logout' })
  await recorded(2)
  await logIn(started)
  await recorded(3)
  started.agents[1]!.far.end()
  await recorded(4)
  expect(events.map(seen).map(({ event, reason }) => [event, reason])).toEqual([
    ['login', undefined],
    ['logout', undefined],
    ['login', undefined],
    ['end', expect.any(String)],
  ])
})
