import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeVolume } from '../testing/fake-volumes.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { renderConsole } from '../testing/render.tsx'

const open = () => {
  const fake = createFakeEngine(fakeHost())
  return { fake, ...renderConsole(fake, '#/system') }
}

test('files with their effect, what they set, and the order of search', async () => {
  open()
  const files = within(await screen.findByRole('table', { name: 'Configuration files' }))
  expect(files.getByRole('row', { name: /containers\.conf.*In use/ })).toBeTruthy()
  expect(files.getByRole('row', { name: /storage\.conf.*Does not exist/ })).toBeTruthy()
  expect(files.getByRole('row', { name: /policy\.json.*It is no JSON/ })).toBeTruthy()
  expect(screen.getByRole('row', { name: /containers\.pids_limit.*4096/ })).toBeTruthy()
  const order = within(screen.getByRole('list', { name: 'Search order' })).getAllByRole('listitem')
  expect(order.map(({ textContent }) => textContent)).toEqual(['docker.io', 'quay.io'])
})

test('unused data is pruned as a task, and what was freed is shown', async () => {
  const { fake, user } = open()
  await user.click(await screen.findByRole('button', { name: 'Prune…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.click(dialog.getByRole('checkbox', { name: /volumes that no container uses/ }))
  expect(dialog.getByText('berth system prune --force --volumes')).toBeTruthy()
  const images = within(await dialog.findByRole('list', { name: '1 image to remove' }))
  expect(images.getAllByRole('listitem')).toHaveLength(1)
  await user.click(dialog.getByRole('button', { name: 'Prune' }))
  expect(await dialog.findByText('1.34 GB of disk space was freed.')).toBeTruthy()
  expect(fake.calls).toContain('task.start')
})

test('volumes with files are pruned once the word was typed', async () => {
  const { user } = renderConsole(createFakeEngine({ volumes: [fakeVolume('data')] }), '#/system')
  await user.click(await screen.findByRole('button', { name: 'Prune…' }))
  const dialog = within(await screen.findByRole('dialog'))
  const button = dialog.getByRole<HTMLButtonElement>('button', { name: 'Prune' })
  expect(dialog.queryByRole('textbox', { name: 'Type Prune to confirm' })).toBeNull()
  await user.click(dialog.getByRole('checkbox', { name: /volumes that no container uses/ }))
  const field = await dialog.findByRole('textbox', { name: 'Type Prune to confirm' })
  expect(button.disabled).toBe(true)
  await user.type(field, 'Prune')
  expect(button.disabled).toBe(false)
})

test('where there is nothing to remove, nothing can be pruned', async () => {
  const fake = createFakeEngine({ containers: [], pods: [], images: [] })
  Object.assign(fake.engine, { 'network.list': async () => [] })
  const { user } = renderConsole(fake, '#/system')
  await user.click(await screen.findByRole('button', { name: 'Prune…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await dialog.findByText('There is nothing to remove.')
  expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Prune' }).disabled).toBe(true)
})

test('the storage is checked, and repaired where that is asked for', async () => {
  const { user } = open()
  const check = async (repair: boolean) => {
    await user.click(await screen.findByRole('button', { name: 'Check storage…' }))
    const dialog = within(await screen.findByRole('dialog'))
    if (repair) await user.click(dialog.getByRole('checkbox', { name: 'Repair what is damaged' }))
    await user.click(dialog.getByRole('button', { name: 'Check' }))
    return dialog
  }
  const found = await check(false)
  expect(await found.findByText('0123456789ab: its blob is damaged')).toBeTruthy()
  expect(found.getByText(/1 problem was found/)).toBeTruthy()
  await user.click(found.getAllByRole('button', { name: 'Close' })[0]!)
  const repaired = await check(true)
  expect(await repaired.findByText(/1 problem was repaired/)).toBeTruthy()
})
