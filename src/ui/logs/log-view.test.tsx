import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'

import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { renderConsole } from '../../testing/render.tsx'
import { localTime, marked } from './log-row.tsx'
import { timesOf } from './time-range.tsx'

beforeEach(() => localStorage.clear())

test('a log is shown with its times, searched with marks, and its switches are kept', async () => {
  const { user, unmount } = renderConsole(createFakeEngine(fakeHost()), '#/containers/proxy?tab=logs')
  const log = await screen.findByRole('log', { name: 'Log' })
  await within(log).findByText(/ready for start up of proxy/)
  expect(log.querySelectorAll('time').length).toBeGreaterThan(3)
  await user.type(screen.getByRole('textbox', { name: 'Search the log' }), 'epoll')
  const found = await waitFor(() => {
    const mark = log.querySelector('mark')
    expect(mark).not.toBeNull()
    return mark!
  })
  expect(found.textContent).toBe('epoll')
  await user.click(screen.getByRole('button', { name: 'Next match' }))
  await waitFor(() => expect(found.closest('[aria-current=true]')).not.toBeNull())
  expect(screen.getByRole<HTMLInputElement>('switch', { name: 'Follow' }).checked).toBe(false)
  await user.click(screen.getByRole('switch', { name: 'Timestamps' }))
  await waitFor(() => expect(log.querySelector('time')).toBeNull())
  unmount()
  renderConsole(createFakeEngine(fakeHost()), '#/containers/proxy?tab=logs')
  const again = await screen.findByRole('log', { name: 'Log' })
  await within(again).findByText(/ready for start up of proxy/)
  expect(again.querySelector('time')).toBeNull()
})

test('a pod’s logs are one with the names of its containers, searched, and that of one can be chosen', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/containers/pods/blog?tab=logs')
  const log = await screen.findByRole('log', { name: 'Logs of the pod' })
  await within(log).findByText(/ready for start up of blog-web/)
  await within(log).findByText(/ready for start up of blog-db/)
  expect(within(log).getAllByText('blog-web').length).toBeGreaterThan(10)
  await user.type(screen.getByRole('textbox', { name: 'Search the log' }), 'of blog-db')
  await waitFor(() => expect(log.querySelectorAll('mark')).toHaveLength(1))
  await user.click(screen.getByRole('button', { name: 'Clear' }))
  await user.selectOptions(screen.getByRole('combobox', { name: 'Container' }), 'blog-db')
  const one = await screen.findByRole('log', { name: 'Logs of the pod' })
  await within(one).findByText(/ready for start up of blog-db/)
  expect(within(one).queryByText(/blog-web/)).toBeNull()
  expect(window.location.hash).toContain('container=blog-db')
})

test('an expression that is not complete is said at its field alone, and the log stays', async () => {
  const host = fakeHost()
  const { user } = renderConsole(createFakeEngine(host), '#/containers/proxy?tab=logs')
  const log = await screen.findByRole('log', { name: 'Log' })
  await within(log).findByText(/ready for start up of proxy/)
  await user.click(screen.getByRole('button', { name: 'Regular expression' }))
  const field = screen.getByRole('textbox', { name: 'Search the log' })
  await user.type(field, 'epoll(')
  await screen.findByText('This is not a valid regular expression.')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(screen.queryByRole('alert')).toBeNull()
  expect(within(log).getByText(/ready for start up of proxy/)).toBeTruthy()
  await user.type(field, '{Backspace}')
  await waitFor(() => expect(log.querySelector('mark')?.textContent).toBe('epoll'))
  expect(field.getAttribute('aria-invalid')).toBeNull()
})

test('marks cut the colours of a line', () => {
  expect(marked([{ text: 'an er' }, { text: 'ror here', color: 'red' }], [[3, 8]])).toEqual([
    { text: 'an ', mark: false },
    { text: 'er', mark: true },
    { text: 'ror', color: 'red', mark: true },
    { text: ' here', color: 'red', mark: false },
  ])
})

test('a time is local, to the millisecond', () => {
  const moment = new Date(2026, 10, 8, 9, 5, 7, 42)
  expect(localTime(moment.toISOString().replace('Z', '123456Z'))).toBe('2026-11-08 09:05:07.042')
  expect(localTime('nonsense')).toBe('nonsense')
})

test('a time range is moments, and one that is not chosen is none', () => {
  const now = Date.parse('2026-11-24T09:00:00Z')
  expect(timesOf({ range: 'all', since: '2026-11-24T08:00', until: '' }, now)).toEqual({})
  expect(timesOf({ range: '300', since: '', until: '' }, now)).toEqual({ since: '2026-11-24T08:55:00.000Z' })
  const since = new Date('2026-11-24T08:00').toISOString()
  expect(timesOf({ range: 'custom', since: '2026-11-24T08:00', until: 'x' }, now)).toEqual({ since })
})
