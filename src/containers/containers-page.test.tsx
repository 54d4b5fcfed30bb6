import { act, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { EngineError } from '../../engine/errors/index.ts'
import { fakeInfo } from '../testing/fake-data.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { fakeStats } from '../testing/fake-stats.ts'
import { renderConsole } from '../testing/render.tsx'

const rowOf = (name: string) => screen.getByRole('link', { name }).closest('tr')!

// Before the tests: each keeps the time it was written with.

test('all containers are in one table, with state, ports and groups', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/containers')
  const table = await screen.findByRole('table', { name: 'Containers' })
  const boxes = within(table).getAllByRole('checkbox', { name: /^Select (?!all)/ })
  expect(boxes.map((box) => box.getAttribute('aria-label')!.slice('Select '.length))).toEqual([
    'nightly-report',
    'proxy',
    'registry',
    'scratchpad',
    'trainer',
    'blog-db',
    'blog-web',
    'shop-api-1',
    'shop-db-1',
  ])
  expect([table.getAttribute('aria-rowcount'), rowOf('nightly-report').getAttribute('aria-rowindex')]).toEqual(['12', '2'])
  expect(within(rowOf('nightly-report')).getByText('Exited (2)')).toBeTruthy()
  expect(within(rowOf('registry')).getByText('127.0.0.1:5000 → 5000')).toBeTruthy()
  expect(screen.getByText('blog').closest('tr')!.textContent).toContain('2 containers')
})

test('a tick is seen in its cell', async () => {
  const host = fakeHost()
  const fake = createFakeEngine(host)
  renderConsole(fake, '#/containers')
  await screen.findByRole('table', { name: 'Containers' })
  await waitFor(() => expect(fake.calls).toContain('usage.live'))
  const id = host.containers.find(({ Names }) => Names[0] === 'proxy')!.Id
  await waitFor(() => {
    act(() => fake.tick({ Error: null, Stats: [fakeStats(id, { CPU: 42.5, MemUsage: 3 * 1024 ** 2 })] }))
    expect(within(rowOf('proxy')).getByText('42.5%')).toBeTruthy()
  })
  expect(within(rowOf('proxy')).getByText('3 MiB')).toBeTruthy()
})

test('filter, state and order are in the URL', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/containers?filter=shop&sort=name:desc')
  await screen.findByRole('table', { name: 'Containers' })
  expect(screen.getAllByRole('link', { name: /^shop-(api|db)-1/ }).map(({ textContent }) => textContent)).toEqual([
    'shop-db-1',
    'shop-api-1',
  ])
  await user.click(screen.getByRole('button', { name: /Stopped/ }))
  expect(await screen.findByText('No results found')).toBeTruthy()
  expect(window.location.hash).toContain('state=stopped')
  await user.click(screen.getAllByRole('button', { name: 'Clear filter' }).at(-1)!)
  expect(await screen.findByRole('link', { name: 'proxy' })).toBeTruthy()
  expect(window.location.hash).toBe('#/containers?sort=name%3Adesc')
})

test('stop changes the row by an event, without a reload', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Stop proxy' }))
  expect(await screen.findByRole('button', { name: 'Start proxy' })).toBeTruthy()
  expect(fake.calls).not.toContain('container.inspect')
})

test('failures in the table show the engine’s message', async () => {
  const fake = createFakeEngine(fakeHost(), {
    'container.start': async () =>
      Promise.reject(new EngineError('PortInUse', 'Port 80 is used by nginx; stop it, or publish another port.')),
  })
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Start scratchpad' }))
  expect(await screen.findByText('Port 80 is used by nginx; stop it, or publish another port.')).toBeTruthy()
  expect(screen.getByText('Failed to start scratchpad')).toBeTruthy()
})

test('no containers yet, and cannot be listed, are different', async () => {
  const { unmount } = renderConsole(createFakeEngine(), '#/containers')
  expect(await screen.findByText('No containers yet')).toBeTruthy()
  unmount()
  renderConsole(
    createFakeEngine({}, { 'container.list': async () => Promise.reject(new EngineError('EngineUnreachable', 'It is gone.')) }),
    '#/containers',
  )
  expect(await screen.findByText('Failed to list containers')).toBeTruthy()
  expect(screen.getByText('It is gone.')).toBeTruthy()
})

test('a rootless user sees why checkpoints are not available', async () => {
  const host = fakeHost()
  const info = fakeInfo({
    host: { ...host.info.host, security: { rootless: true, selinuxEnabled: false, seccompEnabled: true } },
    berth: { version: '1', features: ['rename'], notes: [] },
  })
  const { user } = renderConsole(createFakeEngine({ ...host, info }), '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Actions for proxy' }))
  const item = await screen.findByRole('menuitem', { name: /Checkpoint/ })
  expect(item.getAttribute('aria-disabled')).toBe('true')
  expect(item.textContent).toContain('requires root')
})

test('pods have their own actions', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Actions for pod blog' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Stop' }))
  await waitFor(() => expect(fake.state.pods[0]!.Status).toBe('Exited'))
  await user.click(screen.getByRole('button', { name: 'Actions for pod blog' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByText('blog-web')).toBeTruthy()
  await user.click(within(dialog).getByRole('button', { name: 'Remove pod and containers' }))
  await waitFor(() => expect(screen.queryByText('blog-web')).toBeNull())
})
