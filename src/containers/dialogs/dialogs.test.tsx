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
  expect(dialog.getByText(/names begin with a letter or digit/)).toBeTruthy()
  expect(dialog.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true')
})

test('a missing image is pulled first, and the engine’s refusal is shown in the dialog', async () => {
  const { fake, user, dialog } = await openCreate({ containers: [fakeContainer('taken')] })
  await user.type(dialog.getByRole('combobox', { name: /^Image/ }), 'docker.io/library/redis:8')
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'taken')
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  expect(await dialog.findByText(/The name is already in use by another container/, undefined, { timeout: 30_000 })).toBeTruthy()
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
      .findByRole('button', { name: 'Restore… proxy' })
      .then(() => screen.getByRole('button', { name: 'Actions for proxy' })),
  )
  await user.click(await screen.findByRole('menuitem', { name: 'Restore…' }))
  const restore = within(await screen.findByRole('dialog'))
  const keep = await restore.findByRole('checkbox', { name: 'Keep the checkpoint' })
  // It comes with the answer to a question that the dialog asks first.
  await waitFor(() => expect(document.activeElement).toBe(keep))
  await user.click(keep)
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

test('fields beyond the common ones are in groups, which the address names', async () => {
  const { fake, user, dialog } = await openCreate({ images: [fakeImage('a:1')] })
  await user.type(dialog.getByRole('combobox', { name: /^Image/ }), 'a:1')
  await user.click(dialog.getByRole('button', { name: 'Network' }))
  expect(window.location.hash).toContain('dialog=create')
  expect(window.location.hash).toContain('group=network')
  await user.type(dialog.getByRole('textbox', { name: 'Hostname' }), 'a b')
  await user.tab()
  expect(dialog.getByText(/is not a host name/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: /^Network/ }))
  expect(dialog.getByText('Incorrect')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: /^Network/ }))
  await user.clear(dialog.getByRole('textbox', { name: 'Hostname' }))
  await user.type(dialog.getByRole('textbox', { name: 'Hostname' }), 'shop')
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Network mode' }), 'bridge')
  await user.click(dialog.getByRole('button', { name: 'Add network' }))
  await user.click(dialog.getByRole('combobox', { name: 'Network' }))
  await user.click(await dialog.findByRole('option', { name: /^back/ }))
  expect(dialog.getByText('berth run --detach --network back --hostname shop a:1')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(fake.calls).toContain('container.create')
  expect(window.location.hash).not.toContain('dialog')
})

test('what the image brings can be taken over', async () => {
  const { user, dialog } = await openCreate({ images: [fakeImage('docker.io/library/nginx:1.29')] })
  await user.click(dialog.getByRole('combobox', { name: /^Image/ }))
  await user.click(await dialog.findByRole('option', { name: /nginx:1\.29/ }))
  await user.click(await dialog.findByRole('button', { name: 'Publish port 80' }))
  expect(dialog.getByRole('textbox', { name: 'Container port' })).toHaveProperty('value', '80')
  expect(dialog.queryByRole('button', { name: 'Publish port 80' })).toBeNull()
})

test('variables are pasted as lines, and paths are completed', async () => {
  const { user, dialog } = await openCreate()
  await user.click(dialog.getByRole('button', { name: 'Paste lines…' }))
  await user.type(dialog.getByRole('textbox', { name: 'Lines such as NAME=VALUE' }), 'A=1{Enter}B=2')
  await user.click(dialog.getByRole('button', { name: 'Add lines' }))
  expect(dialog.getAllByRole('textbox', { name: 'Variable' }).map((each) => (each as HTMLInputElement).value)).toEqual(['A', 'B'])
  await user.click(dialog.getByRole('button', { name: 'Add volume' }))
  await user.type(dialog.getByRole('combobox', { name: 'Host path or volume name' }), '/srv/s')
  await user.click(await dialog.findByRole('option', { name: '/srv/shop/' }))
  expect(dialog.getByRole('combobox', { name: 'Host path or volume name' })).toHaveProperty('value', '/srv/shop/')
})

test('a container is edited: what will happen is said, and only what changed is asked for', async () => {
  const { user, dialog } = await openAction('proxy', 'Edit…')
  expect(await dialog.findByText(/proxy is stopped and started again/)).toBeTruthy()
  expect(dialog.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', true)
  // Also while the engine does not know the other image.
  const image = dialog.getByRole('combobox', { name: /^Image/ })
  const [before, lost] = [image.getAttribute('value')!, /what it wrote outside of volumes is lost/]
  await user.type(image, '-other')
  expect(dialog.getByText(lost)).toBeTruthy()
  await user.clear(image)
  await user.type(image, before)
  expect(dialog.queryByText(lost)).toBeNull()
  await user.click(dialog.getByRole('button', { name: 'Add variable' }))
  await user.type(dialog.getAllByRole('textbox', { name: 'Variable' }).at(-1)!, 'OWN')
  expect(await dialog.findByText('1 setting changes: Environment variables', undefined, { timeout: 3000 })).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('proxy was changed and runs again.')).toBeTruthy()
})

test('a container is duplicated under a free name', async () => {
  const { fake, user, dialog } = await openAction('proxy', 'Duplicate…')
  expect(await dialog.findByRole('textbox', { name: 'Name' })).toHaveProperty('value', 'proxy-copy')
  await user.click(dialog.getByRole('button', { name: 'Add port' }))
  await user.type(dialog.getByRole('textbox', { name: /^Container port/ }), '80')
  await user.type(dialog.getByRole('textbox', { name: /^Host port/ }), '443')
  expect(dialog.getByText(/^Port 443 is used by proxy, which runs\./)).toBeTruthy()
  await user.type(dialog.getByRole('textbox', { name: /^Host port/ }), '4')
  expect(dialog.queryByText(/is used by/)).toBeNull()
  await user.click(dialog.getByRole('button', { name: 'Create and start' }))
  await waitFor(() => expect(fake.state.containers.some(({ Names }) => Names[0] === 'proxy-copy')).toBe(true))
})

test('a commit shows the equivalent command line', async () => {
  const { fake, user, dialog } = await openAction('proxy', 'Commit…')
  await user.type(dialog.getByRole('textbox', { name: 'Image name' }), 'localhost/proxy:2')
  await user.type(dialog.getByRole('textbox', { name: 'Instructions' }), 'ENV A=1')
  expect(dialog.getByText("berth commit --change 'ENV A=1' --pause proxy localhost/proxy:2")).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Commit' }))
  await waitFor(() => expect(fake.state.images.some(({ RepoTags }) => RepoTags?.[0] === 'localhost/proxy:2')).toBe(true))
})

test('limits are changed while it runs', async () => {
  const { fake, user, dialog } = await openAction('proxy', 'Update limits…')
  const memory = await dialog.findByRole('textbox', { name: 'Memory limit' })
  await user.clear(memory)
  await user.type(memory, '256')
  expect(dialog.getByText('berth update --memory 256m proxy')).toBeTruthy()
  await user.type(dialog.getByRole('textbox', { name: 'CPU set' }), '0-1')
  await user.type(dialog.getByRole('textbox', { name: 'Block I/O weight' }), '200')
  await user.type(dialog.getByRole('textbox', { name: 'Memory reservation' }), '64m')
  await user.type(dialog.getByRole('textbox', { name: 'Memory and swap' }), '512m')
  const words = '--memory 256m --memory-reservation 64m --memory-swap 512m --cpuset-cpus 0-1 --blkio-weight 200'
  expect(dialog.getByText(`berth update ${words} proxy`)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Update' }))
  expect(await screen.findByText('proxy was updated.')).toBeTruthy()
  expect(fake.calls).toContain('container.update')
})

test('a path that is not in the container is named: the answer to that question has no text of its own', async () => {
  const overrides = { 'container.pathInfo': () => Promise.reject(new EngineError('PathNotFound', 'HTTP status 404')) }
  const { user } = renderConsole(createFakeEngine(fakeHost(), overrides), '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Actions for proxy' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Copy files…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^File or folder/ }), '/nosuch')
  await user.click(dialog.getByRole('button', { name: 'Download' }))
  expect(await dialog.findByText('The container has no file or folder /nosuch.')).toBeTruthy()
})

test('files are copied into a container', async () => {
  const { user, dialog } = await openAction('proxy', 'Copy files…')
  await user.click(dialog.getByRole('button', { name: 'Into the container' }))
  await user.type(dialog.getByRole('textbox', { name: /^Folder in the container/ }), '/srv')
  await user.upload(dialog.getByLabelText('Choose files…', { selector: 'input' }), [
    new File(['a'], 'a.txt'),
    new File(['b'], 'b'),
  ])
  await user.click(dialog.getByRole('button', { name: 'Upload' }))
  expect(await screen.findByText('2 files were copied into the container.')).toBeTruthy()
})
