import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeVolume } from '../testing/fake-volumes.ts'
import { renderConsole } from '../testing/render.tsx'

const some = () => ({
  volumes: [
    fakeVolume('database', { Labels: { project: 'shop' } }),
    fakeVolume('cache', { Options: { type: 'tmpfs', device: 'tmpfs' } }),
    fakeVolume('a'.repeat(64), { Anonymous: true }),
  ],
  volumeUsers: { database: ['db', 'backup'] },
})

test('volumes with their size and their users, by one call each', async () => {
  const fake = createFakeEngine(some())
  renderConsole(fake, '#/volumes')
  const table = within(await screen.findByRole('table', { name: 'Volumes' }))
  const database = within(await table.findByRole('row', { name: /database/ }))
  expect(await database.findByText('8 kB')).toBeTruthy()
  expect(database.getByRole('link', { name: 'backup' }).getAttribute('href')).toBe('#/containers/backup')
  expect(within(table.getByRole('row', { name: /cache/ })).getByText('Unused')).toBeTruthy()
  expect(within(table.getByRole('row', { name: /aaaaaaaaaaaa/ })).getByText('Anonymous')).toBeTruthy()
  expect(fake.calls.filter((name) => name.startsWith('volume.'))).toEqual(['volume.list', 'volume.usage'])
})

test('they are filtered by name, label and use, and kept up to date by events', async () => {
  const fake = createFakeEngine(some())
  const { user } = renderConsole(fake, '#/volumes')
  await user.type(await screen.findByRole('textbox', { name: 'Filter volumes' }), 'project=shop')
  expect(screen.getAllByRole('row')).toHaveLength(2)
  await user.clear(screen.getByRole('textbox', { name: 'Filter volumes' }))
  await user.click(await screen.findByRole('button', { name: 'Unused 2' }))
  expect(screen.queryByRole('link', { name: 'database' })).toBeNull()
  fake.state.volumes = [...fake.state.volumes!, fakeVolume('late')]
  fake.emit('volume', 'create', 'late', 'late')
  expect(await screen.findByRole('link', { name: 'late' })).toBeTruthy()
})

test('one is created with what it shows, and the command says the same', async () => {
  const fake = createFakeEngine()
  const { user } = renderConsole(fake, '#/volumes')
  expect(await screen.findByText('No volumes yet')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Create volume' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'scratch')
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Content' }), 'Memory (tmpfs)')
  await user.type(dialog.getByRole('textbox', { name: 'Mount options' }), 'size=64m')
  expect(dialog.getByText(/volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=64m scratch/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Create' }))
  expect(await screen.findByRole('link', { name: 'scratch' })).toBeTruthy()
  expect(fake.state.volumes![0]!.Options).toEqual({ type: 'tmpfs', device: 'tmpfs', o: 'size=64m' })
})

test('one that is used is not removed; unused ones are pruned with what that frees', async () => {
  const fake = createFakeEngine(some())
  const { user } = renderConsole(fake, '#/volumes')
  await user.click(await screen.findByRole('button', { name: 'Actions for database' }))
  await user.click(screen.getByRole('menuitem', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(await dialog.findByText(/2 containers use this volume/)).toBeTruthy()
  expect(dialog.getByRole('button', { name: 'Remove' })).toHaveProperty('disabled', true)
  await user.click(dialog.getByRole('button', { name: 'Cancel' }))
  await user.click(screen.getByRole('button', { name: 'More volume actions' }))
  await user.click(screen.getByRole('menuitem', { name: 'Prune…' }))
  const prune = within(await screen.findByRole('dialog'))
  expect(within(prune.getByRole('list', { name: 'Volumes to remove' })).getAllByRole('listitem')).toHaveLength(2)
  expect(prune.getByRole('button', { name: 'Prune' })).toHaveProperty('disabled', true)
  await user.type(prune.getByRole('textbox', { name: 'Type Prune to confirm' }), 'Prune')
  await user.click(prune.getByRole('button', { name: 'Prune' }))
  expect((await prune.findByRole('status')).textContent).toBe('2 volumes were removed. 69 kB of disk space was freed.')
  expect(fake.state.volumes!.map(({ Name }) => Name)).toEqual(['database'])
})

test('a volume with files is removed once its name was typed; an empty one without', async () => {
  const fake = createFakeEngine(some())
  const { user } = renderConsole(fake, '#/volumes')
  const names = () => fake.state.volumes!.map(({ Name }) => Name)
  const ask = async (name: string) => {
    await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }))
    await user.click(screen.getByRole('menuitem', { name: 'Remove…' }))
    return within(await screen.findByRole('dialog'))
  }
  const dialog = await ask('cache')
  const button = dialog.getByRole('button', { name: 'Remove' })
  const field = await dialog.findByRole('textbox', { name: 'Type cache to confirm' })
  await user.type(field, 'cach')
  expect(button).toHaveProperty('disabled', true)
  await user.type(field, 'e')
  await user.click(button)
  await waitFor(() => expect(names()).not.toContain('cache'))
  const anonymous = await ask('a'.repeat(64))
  await user.type(await anonymous.findByRole('textbox', { name: 'Type aaaaaaaaaaaa to confirm' }), 'a')
  expect(anonymous.getByRole('button', { name: 'Remove' })).toHaveProperty('disabled', true)
})

test('an empty volume is removed without its name', async () => {
  const fake = createFakeEngine({ volumes: [fakeVolume('empty')] })
  Object.assign(fake.engine, { 'volume.usage': async () => [{ Name: 'empty', Size: 0, Containers: [] }] })
  const { user } = renderConsole(fake, '#/volumes')
  await screen.findByText('0 B')
  await user.click(await screen.findByRole('button', { name: 'Actions for empty' }))
  await user.click(screen.getByRole('menuitem', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.queryByRole('textbox')).toBeNull()
  await user.click(dialog.getByRole('button', { name: 'Remove' }))
  await waitFor(() => expect(fake.state.volumes).toEqual([]))
})

test('files are browsed by folder; a link leads nowhere', async () => {
  const { user } = renderConsole(createFakeEngine(some()), '#/volumes/database?tab=files')
  const files = within(await screen.findByRole('table', { name: 'Files' }))
  expect(files.getByRole('row', { name: /site\.conf.*1\.23 kB.*0644.*0:0/ })).toBeTruthy()
  expect(files.getByText('→ site.conf')).toBeTruthy()
  expect(files.queryByRole('link', { name: 'now' })).toBeNull()
  await user.click(files.getByRole('link', { name: 'conf.d' }))
  expect(await screen.findByText('This folder is empty')).toBeTruthy()
  expect(window.location.hash).toContain('path=%2Fconf.d')
  expect(within(screen.getByRole('navigation', { name: 'Folder' })).getByText('conf.d')).toBeTruthy()
})

test('a volume that is gone is told, and so is a wrong link', async () => {
  renderConsole(createFakeEngine(some()), '#/volumes/nope')
  expect(await screen.findByText('Volume not found')).toBeTruthy()
})

test('an archive is unpacked into a volume', async () => {
  const fake = createFakeEngine(some())
  const { user } = renderConsole(fake, '#/volumes')
  await user.click(await screen.findByRole('button', { name: 'Actions for database' }))
  await user.click(screen.getByRole('menuitem', { name: 'Upload archive…' }))
  const dialog = within(await screen.findByRole('dialog'))
  const file = new File(['x'], 'data.tar')
  await user.upload((await screen.findByRole('dialog')).querySelector<HTMLInputElement>('input[type=file]')!, file)
  expect(dialog.getByText(/volume import database data\.tar/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Upload' }))
  expect(await screen.findByText('The files were unpacked into database.')).toBeTruthy()
})
