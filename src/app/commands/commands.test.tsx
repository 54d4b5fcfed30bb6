import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { renderConsole } from '../../testing/render.tsx'
import type { AppCommand } from './app-command.ts'
import { findCommands } from './palette.tsx'
import { matchKeys } from './shortcuts.tsx'

const command = (title: string, shortcut?: string[]): AppCommand => ({
  key: title,
  title,
  run: () => {},
  ...(shortcut ? { shortcut } : {}),
})

test('commands are found by all words, and those that begin with it come first', () => {
  const all = [command('Go to images'), command('Image nginx'), command('Pull image')]
  const titles = (text: string) => findCommands(all, text).map(({ title }) => title)
  expect(titles('image')).toEqual(['Image nginx', 'Go to images', 'Pull image'])
  expect(titles('im GO')).toEqual(['Go to images'])
  expect(titles('nothing')).toEqual([])
})

test('keys are one command’s, or its beginning', () => {
  const all = [command('a', ['g', 'c']), command('b', ['c'])]
  expect(matchKeys(all, ['g'])).toBe('waits')
  expect(matchKeys(all, ['g', 'c'])).toBe(all[0])
  expect(matchKeys(all, ['c'])).toBe(all[1])
  expect(matchKeys(all, ['x'])).toBeUndefined()
})

test('the palette goes to a page, an object or an action by the keyboard', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/')
  await screen.findByText('Running containers')
  await user.keyboard('{Control>}k{/Control}')
  const field = await screen.findByRole('combobox', { name: /^Find a page/ })
  expect(document.activeElement).toBe(field)
  await user.keyboard('container proxy')
  await screen.findByRole('option', { name: /Container proxy/ })
  await user.keyboard('{Enter}')
  await waitFor(() => expect(window.location.hash).toMatch(/^#\/containers\/[0-9a-f]+$/))
  expect(screen.queryByRole('combobox', { name: /^Find a page/ })).toBeNull()
  await user.keyboard('{Control>}k{/Control}')
  await user.keyboard('about{Enter}')
  expect(within(await screen.findByRole('dialog')).getByText('Apache-2.0')).toBeTruthy()
})

test('shortcuts work outside of fields, and are listed', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/')
  await screen.findByText('Running containers')
  await user.keyboard('gi')
  const filter = await screen.findByRole('textbox', { name: /Filter/ })
  expect(window.location.hash).toBe('#/images')
  await user.click(filter)
  await user.keyboard('gc?')
  expect(window.location.hash).toMatch(/^#\/images/)
  expect(screen.queryByRole('dialog')).toBeNull()
  filter.blur()
  await user.keyboard('?')
  const dialog = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }))
  expect(dialog.getByText('Command palette')).toBeTruthy()
  expect(dialog.getByText('Go to Containers')).toBeTruthy()
  await user.click(dialog.getByRole('switch', { name: 'Single-letter shortcuts' }))
  await user.keyboard('{Escape}gc')
  expect(window.location.hash).toMatch(/^#\/images/)
  await user.keyboard('{Control>}k{/Control}')
  expect(await screen.findByRole('combobox', { name: /^Find a page/ })).toBeTruthy()
})
