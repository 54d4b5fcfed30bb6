import { screen, waitFor, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { EngineError } from '../../engine/errors/index.ts'
import { fakeInfo } from '../testing/fake-data.ts'
import { fakeRecord } from '../testing/fake-audit.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'
import { merge } from './use-audit.ts'

const table = async () => within(await screen.findByRole('table', { name: 'Audit log' }))
const rows = async () => (await table()).getAllByRole('row').slice(1)

const asAdministrator = () => {
  const info = fakeInfo()
  return { ...info, host: { ...info.host, security: { ...info.host.security, rootless: false } } }
}

test('what was done, with its result and where from; a user sees no column of users', async () => {
  const info = fakeInfo()
  const mine = { ...info, host: { ...info.host, security: { ...info.host.security, rootless: true } } }
  renderConsole(createFakeEngine({ info: mine }), '#/audit')
  const [start, , remove] = await rows()
  expect(within(start!).getByText('container.start')).toBeTruthy()
  expect(within(start!).getByText('192.0.2.7')).toBeTruthy()
  expect(within(remove!).getByText('ContainerNotFound')).toBeTruthy()
  expect(within(remove!).getByText('Unverified')).toBeTruthy()
  expect(screen.getByText('Your actions, newest first')).toBeTruthy()
  expect((await table()).queryByRole('columnheader', { name: 'User' })).toBeNull()
})

test('an administrator sees whose they are, and who became root', async () => {
  const audit = [
    fakeRecord(1, { uid: 0, user: 'root', login: 'alice', missed: 3 }),
    fakeRecord(2, { uid: undefined, user: 'unknown' }),
  ]
  renderConsole(createFakeEngine({ info: asAdministrator(), audit }), '#/audit')
  const [root, nobody] = await rows()
  expect(within(root!).getByText('by alice with sudo')).toBeTruthy()
  expect(within(root!).getByText('3 earlier records were dropped')).toBeTruthy()
  expect(within(nobody!).getByText('Unknown user')).toBeTruthy()
  expect(screen.getByRole('searchbox', { name: 'User' })).toBeTruthy()
})

test('filters are in the URL; where nothing matches they can be cleared', async () => {
  const { user } = renderConsole(createFakeEngine(), '#/audit?result=failed')
  await waitFor(async () => expect((await rows()).length).toBe(2))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Operations' }), 'session')
  expect(window.location.hash).toContain('kind=session')
  await waitFor(async () => expect((await rows()).length).toBe(1))
  await user.type(screen.getByRole('textbox', { name: 'Filter the audit log' }), 'nowhere')
  expect(await screen.findByText('No results found')).toBeTruthy()
  await user.click(screen.getAllByRole('button', { name: 'Clear filter' }).at(-1)!)
  await waitFor(async () => expect((await rows()).length).toBe(6))
  expect(window.location.hash).toBe('#/audit')
})

test('new records appear by themselves, once', async () => {
  const fake = createFakeEngine()
  renderConsole(fake, '#/audit')
  await waitFor(async () => expect((await rows()).length).toBe(6))
  const record = fakeRecord(0, { operation: 'pod.create', object: 'blog' })
  fake.note(record)
  fake.note(record)
  await waitFor(async () => expect((await rows()).length).toBe(7))
  expect(within((await rows())[0]!).getByText('pod.create')).toBeTruthy()
})

test('older records come page by page', async () => {
  const audit = Array.from({ length: 130 }, (_unused, n) => fakeRecord(n, { object: `c${n}` }))
  const { user } = renderConsole(createFakeEngine({ audit }), '#/audit')
  const table = await screen.findByRole('table', { name: 'Audit log' })
  expect(table.getAttribute('aria-rowcount')).toBe('101')
  await user.click(screen.getByRole('button', { name: 'Show older records' }))
  await waitFor(() => expect(table.getAttribute('aria-rowcount')).toBe('131'))
  // Only those in sight are rendered.
  expect((await rows()).length).toBeLessThan(40)
  expect(screen.queryByRole('button', { name: 'Show older records' })).toBeNull()
})

test('an empty log says what it will contain; one that cannot be read shows why, and can be retried', async () => {
  const { unmount } = renderConsole(createFakeEngine({ audit: [] }), '#/audit')
  expect(await screen.findByText('No audit records yet')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Export CSV' })).toBeNull()
  unmount()
  let fails = true
  const list = async () => {
    if (fails) throw new EngineError('EngineUnreachable', 'The audit service ended.')
    return [fakeRecord(1)]
  }
  const { user } = renderConsole(createFakeEngine({}, { 'audit.list': list }), '#/audit')
  expect(await screen.findByText('The audit service ended.')).toBeTruthy()
  fails = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect((await rows()).length).toBe(1)
})

test('what is shown is exported as a file', async () => {
  const { user, backend } = renderConsole(createFakeEngine(), '#/audit?result=failed')
  const asked = vi.spyOn(backend, 'archiveUrl')
  expect(asked).not.toHaveBeenCalled()
  const clicked: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(`${this.getAttribute('href')} ${this.download}`)
  })
  await user.click(await screen.findByRole('button', { name: 'Export CSV' }))
  await waitFor(() =>
    expect(clicked).toEqual([expect.stringMatching(/^#archive\/audit\.export\/audit-.* audit-\d{4}-\d\d-\d\d\.csv$/)]),
  )
  vi.restoreAllMocks()
})

test('the page is not there where the engine keeps no log', async () => {
  renderConsole(createFakeEngine({ info: { ...fakeInfo(), berth: undefined } }), '#/audit')
  expect(await screen.findByText('Page not found')).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'Audit log' })).toBeNull()
})

test('the same record from the list and the stream is one', () => {
  const [a, b] = [fakeRecord(1), fakeRecord(2)]
  expect(merge([b], [a, b]).map(({ id }) => id)).toEqual([a.id, b.id])
})
