import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'

import { fakeContainer, fakeInfo } from '../testing/fake-data.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'

vi.setConfig({ testTimeout: 20_000 })

const withBerth = (changes: { notes?: string[]; damaged?: string[] }) =>
  createFakeEngine({ info: fakeInfo({ berth: { version: '1', features: [], notes: [], ...changes } }) })

test('damaged records are named, with the command that repairs them', async () => {
  renderConsole(withBerth({ damaged: ['container web (0123456789ab)', 'volume data'] }), '#/')
  const heading = await screen.findByRole('heading', { name: /2 records in the store are damaged/ })
  const alert = within(heading.closest<HTMLElement>('.pf-v6-c-alert')!)
  expect(alert.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'container web (0123456789ab)',
    'volume data',
  ])
  expect(alert.getByText('berth system check --repair')).toBeTruthy()
})

test('without damage there is no alert; limitations of the host are one line that can be dismissed', async () => {
  const user = userEvent.setup()
  window.localStorage.removeItem('berth.limitations')
  renderConsole(withBerth({ notes: ['Not installed: netavark.'], damaged: [] }), '#/')
  expect(await screen.findByRole('heading', { name: /1 limitation on this host/ })).toBeTruthy()
  expect(screen.queryByText(/damaged/)).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Limitations' }))
  expect(screen.getByText('Not installed: netavark.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Dismiss' }))
  expect(screen.queryByRole('heading', { name: /limitation/ })).toBeNull()
  window.localStorage.removeItem('berth.limitations')
})

test('what needs attention comes first: crash loops, out of memory, a full disk, updates', async () => {
  const seconds = Math.floor(Date.now() / 1000)
  window.localStorage.setItem(
    'berth.updates.alice',
    JSON.stringify({ checked: 1, found: [{ name: 'a:1', id: 'x', status: 'newer', checked: 1 }] }),
  )
  const info = fakeInfo()
  renderConsole(
    createFakeEngine({
      info: { ...info, store: { ...info.store, graphRootAllocated: 100, graphRootUsed: 91, graphRootAvailable: 4 } },
      containers: [
        fakeContainer('loop', { State: 'exited', Restarts: 7, RestartAt: seconds + 20 }),
        fakeContainer('big', { State: 'exited', ExitCode: 137, OOMKilled: true }),
        fakeContainer('fine'),
      ],
    }),
    '#/',
  )
  const line = async (text: RegExp) => within((await screen.findByText(text)).closest('li')!)
  expect((await line(/1 container keeps restarting/)).getByRole('link', { name: 'loop' })).toBeTruthy()
  expect((await line(/1 container ran out of memory/)).getByRole('link', { name: 'big' })).toBeTruthy()
  expect((await line(/disk is nearly full/)).getByText(/95\.8%/)).toBeTruthy()
  expect(screen.queryByText('fine', { selector: '.berth-attention a' })).toBeNull()
})

test('those that are not named are one click away, in the list filtered by their state', async () => {
  const sick = Array.from({ length: 8 }, (_each, index) => fakeContainer(`sick-${index}`, { Status: 'unhealthy' }))
  renderConsole(createFakeEngine({ containers: [...sick, fakeContainer('fine')] }), '#/')
  const line = within((await screen.findByText(/8 containers are unhealthy/)).closest('li')!)
  expect(line.getByRole('link', { name: '3 more' }).getAttribute('href')).toBe('#/containers?status=unhealthy')
})
