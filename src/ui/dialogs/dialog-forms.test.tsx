import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../../testing/fake-engine.ts'
import { renderConsole } from '../../testing/render.tsx'

async function openCreate() {
  const { user } = renderConsole(createFakeEngine(), '#/containers')
  await user.click((await screen.findAllByRole('button', { name: 'Create container' }))[0]!)
  return { user, dialog: within(await screen.findByRole('dialog')) }
}

test('an empty form is closed by Escape; a filled one only after a question', async () => {
  const { user, dialog } = await openCreate()
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'web')
  await user.keyboard('{Escape}')
  const question = within(screen.getByRole('alertdialog', { name: 'Discard what you entered?' }))
  expect(document.activeElement).toBe(question.getByRole('button', { name: 'Keep editing' }))
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('alertdialog')).toBeNull()
  expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'web')
  await user.clear(dialog.getByRole('textbox', { name: 'Name' }))
  await user.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('a click outside asks as well, and discards what was entered when told so', async () => {
  const { user, dialog } = await openCreate()
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'web')
  await user.click(dialog.getByText('Environment variables'))
  expect(screen.queryByRole('alertdialog')).toBeNull()
  await user.click(document.querySelector('.pf-v6-c-backdrop')!)
  await user.click(within(screen.getByRole('alertdialog')).getByRole('button', { name: 'Discard' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('nothing is wrong before it was touched, and then only the value that is', async () => {
  const { user, dialog } = await openCreate()
  const invalid = () =>
    [...document.querySelectorAll('[role=dialog] [aria-invalid=true]')].map((each) => each.getAttribute('aria-label') ?? each.id)
  // The image is required and has the focus first: leaving it is no mistake yet.
  await user.click(dialog.getByRole('textbox', { name: 'Name' }))
  expect(invalid()).toEqual([])
  await user.click(dialog.getByRole('button', { name: 'Add port' }))
  await user.type(dialog.getByRole('textbox', { name: 'Container port' }), '80')
  await user.type(dialog.getByRole('textbox', { name: 'Host port' }), '99999')
  expect(invalid()).toEqual([])
  await user.click(dialog.getByRole('textbox', { name: 'Name' }))
  expect(invalid()).toEqual(['Host port'])
  await user.click(dialog.getByRole('button', { name: 'Add volume' }))
  await user.type(dialog.getByRole('textbox', { name: 'Container path' }), '/data')
  await user.click(dialog.getByRole('textbox', { name: 'Name' }))
  expect(invalid()).toEqual(['Host port', 'Host path or volume name'])
  // PatternFly adds a text of its own for screen readers, in English.
  expect(document.body.textContent).not.toContain('error status')
})
