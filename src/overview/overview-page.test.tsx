import { screen, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'

import { fakeInfo } from '../testing/fake-data.ts'
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

test('without damage there is no alert; limitations of the host are shown', async () => {
  renderConsole(withBerth({ notes: ['Not installed: netavark.'], damaged: [] }), '#/')
  expect(await screen.findByRole('heading', { name: /Limitations/ })).toBeTruthy()
  expect(screen.getByText('Not installed: netavark.')).toBeTruthy()
  expect(screen.queryByText(/damaged/)).toBeNull()
})
