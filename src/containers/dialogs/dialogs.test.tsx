import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { fakeContainer, fakeImage } from '../../testing/fake-data.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { renderConsole } from '../../testing/render.tsx'

async function openCreate(...args: Parameters<typeof createFakeEngine>) {
  const fake = createFakeEngine(...args)
  const { user } = renderConsole(fake, '#/containers')
  await user.click((await screen.findAllByRole('button', { name: 'Create container' }))[0]!)
  return { fake, user, dialog: within(await screen.findByRole('dialog')) }
}

test('a container is created as described, and started', async () => {
  const { fake, user, dialog } = await openCreate({ images: [fakeImage('docker.io/library/nginx:1.29')] })
  expect(dialog.getByRole('button', { name: 'Create and start' })).toHaveProperty('disabled', true)
  await user.type(dialog.getByRole('combobox', { name: /^Image/ }), 'docker.io/library/nginx:1.29')
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'web')
  await user.click(dialog.getByRole('button', { name: 'Add port' }))
  await user.type(dialog.getByRole('textbox', { name: 'Host port' }), '8080')
  await user.type(dialog.getByRole('textbox', { name: 'Container port' }), '80')
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(fake.state.containers[0]).toMatchObject({
    Names: ['web'],
    State: 'running',
    Ports: [{ host_port: 8080, container_port: 80 }],
  })
  expect(fake.calls).not.toContain('image.pull')
})

test('errors are shown at their field, before a request', async () => {
  const { user, dialog } = await openCreate()
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'no/slash')
  await user.tab()
  expect(dialog.getByText(/names must match/)).toBeTruthy()
  expect(dialog.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true')
})

test('a missing image is pulled first, and the engine’s refusal is shown in the dialog', async () => {
  const { fake, user, dialog } = await openCreate({ containers: [fakeContainer('taken')] })
  await user.type(dialog.getByRole('combobox', { name: /^Image/ }), 'docker.io/library/redis:8')
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'taken')
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  expect(await dialog.findByText(/The name is already in use by another container/, undefined, { timeout: 10_000 })).toBeTruthy()
  expect(fake.state.images.map(({ RepoTags }) => RepoTags![0])).toEqual(['docker.io/library/redis:8'])
  expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'taken')
})

test('a container that does not start is not left behind', async () => {
  const { fake, user, dialog } = await openCreate(
    { images: [fakeImage('a:1')] },
    { 'container.start': async () => Promise.reject(new EngineError('CommandNotFound', 'There is no program x in a:1.')) },
  )
  await user.type(dialog.getByRole('combobox', { name: /^Image/ }), 'a:1')
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  expect(await dialog.findByText(/^The program to run does not exist in the image/)).toBeTruthy()
  expect(fake.state.containers).toEqual([])
})

async function openAction(container: string, action: string) {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: `Actions for ${container}` }))
  await user.click(await screen.findByRole('menuitem', { name: action }))
  return { fake, user, dialog: within(await screen.findByRole('dialog')) }
}

test('rename shows the equivalent command line', async () => {
  const { user, dialog } = await openAction('proxy', 'Rename…')
  const field = dialog.getByRole('textbox', { name: /^New name/ })
  await user.clear(field)
  await user.type(field, 'gateway')
  expect(dialog.getByText('berth rename proxy gateway')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Rename' }))
  expect(await screen.findByRole('link', { name: 'gateway' })).toBeTruthy()
})

test('checkpoint, and restore where there is a saved state', async () => {
  const { fake, user, dialog } = await openAction('proxy', 'Checkpoint…')
  await user.click(dialog.getByRole('checkbox', { name: 'Keep established TCP connections' }))
  expect(dialog.getByText('berth container checkpoint --tcp-established proxy')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Checkpoint' }))
  await user.click(
    await screen
      .findByRole('button', { name: 'Start proxy' })
      .then(() => screen.getByRole('button', { name: 'Actions for proxy' })),
  )
  await user.click(await screen.findByRole('menuitem', { name: 'Restore…' }))
  const restore = within(await screen.findByRole('dialog'))
  await user.click(await restore.findByRole('checkbox', { name: 'Keep the checkpoint' }))
  await user.click(restore.getByRole('button', { name: 'Restore' }))
  await waitFor(() => expect(fake.state.containers.find(({ Names }) => Names[0] === 'proxy')!.State).toBe('running'))
})

test('removing a running container shows a warning', async () => {
  const { fake, user, dialog } = await openAction('proxy', 'Remove…')
  expect(dialog.getByText(/is running and will be stopped/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Stop and remove' }))
  await waitFor(() => expect(fake.state.containers.some(({ Names }) => Names[0] === 'proxy')).toBe(false))
})

test('a checkpoint that requests access to the host is imported only after confirmation', async () => {
  const fake = createFakeEngine()
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'More container actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Import checkpoint…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, new File(['state'], 'web.tar.zst'))
  await user.type(dialog.getByRole('textbox', { name: /^Name/ }), 'web')
  await user.click(dialog.getByRole('button', { name: 'Import' }))
  const asks = within(await dialog.findByRole('list', { name: 'Requested privileges' }))
  expect(asks.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    "the host's /etc, mounted",
    'the capability CAP_SYS_ADMIN',
  ])
  expect(fake.state.containers.some(({ Names }) => Names.includes('web'))).toBe(false)
  expect(dialog.getByRole('button', { name: 'Import' })).toHaveProperty('disabled', true)
  await user.click(dialog.getByRole('checkbox', { name: 'Grant these privileges' }))
  expect(dialog.getByText('berth container restore --import web.tar.zst --name web --privileged')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Import' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(fake.state.containers.some(({ Names }) => Names.includes('web'))).toBe(true)
})
