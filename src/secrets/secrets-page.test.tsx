import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeSecret } from '../testing/fake-volumes.ts'
import { renderConsole } from '../testing/render.tsx'

test('a secret is created, and its value is nowhere afterwards', async () => {
  const fake = createFakeEngine()
  const { user } = renderConsole(fake, '#/secrets')
  expect(await screen.findByText('No secrets yet')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Create secret' }))
  const dialog = within(await screen.findByRole('dialog'))
  const create = dialog.getByRole('button', { name: 'Create' })
  expect(create).toHaveProperty('disabled', true)
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'db-password')
  await user.type(dialog.getByRole('textbox', { name: 'Value' }), 'hunter2')
  expect(dialog.getByText(/secret create db-password -/)).toBeTruthy()
  await user.click(create)
  const row = within(await screen.findByRole('row', { name: /db-password/ }))
  expect(row.getByText('file')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(document.documentElement.outerHTML).not.toContain('hunter2')
})

test('a name that there is, or that none can have, is told before', async () => {
  const { user } = renderConsole(createFakeEngine({ secrets: [fakeSecret('token')] }), '#/secrets')
  await user.click(await screen.findByRole('button', { name: 'Create secret' }))
  const dialog = within(await screen.findByRole('dialog'))
  const name = dialog.getByRole('textbox', { name: 'Name' })
  await user.type(name, 'token')
  await user.tab()
  expect(dialog.getByText('A secret with this name already exists.')).toBeTruthy()
  await user.clear(name)
  await user.type(name, 'a/b')
  await user.tab()
  expect(dialog.getByText(/can not include/)).toBeTruthy()
})

test('a value is replaced, and a secret removed', async () => {
  const fake = createFakeEngine({ secrets: [fakeSecret('token', { Labels: { team: 'a' } })] })
  const { user } = renderConsole(fake, '#/secrets')
  expect(within(await screen.findByRole('row', { name: /token/ })).getByText('team=a')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Actions for token' }))
  await user.click(screen.getByRole('menuitem', { name: 'Replace value…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: 'Value' }), 'new')
  expect(dialog.getByText(/secret create --replace token -/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Replace' }))
  expect(await screen.findByText('Secret token has its new value.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Actions for token' }))
  await user.click(screen.getByRole('menuitem', { name: 'Remove…' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
  expect(await screen.findByText('No secrets yet')).toBeTruthy()
})
