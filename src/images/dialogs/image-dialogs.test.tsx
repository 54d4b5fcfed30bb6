import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'

import { createFakeEngine, type FakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { renderConsole } from '../../testing/render.tsx'
import { archiveName } from './save-dialog.tsx'

beforeEach(() => localStorage.clear())

const nginx = 'docker.io/library/nginx:1.29'

async function openAction(item: string, fake: FakeEngine = createFakeEngine(fakeHost()), name = nginx) {
  const shown = renderConsole(fake, '#/images')
  await shown.user.click(await screen.findByRole('button', { name: name === '' ? 'More image actions' : `Actions for ${name}` }))
  await shown.user.click(await screen.findByRole('menuitem', { name: item }))
  return { fake, ...shown, dialog: within(await screen.findByRole('dialog')) }
}

/** An engine that notes the input of one operation, run as a task or not. */
function watch(fake: FakeEngine, operation: keyof FakeEngine['engine']) {
  const inputs: unknown[] = []
  const engine = new Proxy(fake.engine, {
    get: (target, name) => (input: unknown, options: unknown) => {
      const { body } = input as { body?: { operation?: string; input?: unknown } }
      if (name === operation) inputs.push(input)
      else if (name === 'task.start' && body?.operation === operation) inputs.push(body.input)
      return (target[name as keyof typeof target] as (input: unknown, options: unknown) => unknown)(input, options)
    },
  })
  return { fake: { ...fake, engine }, inputs }
}

test('pull: what is typed is searched for, a find is taken, its tags and a platform are chosen', async () => {
  const { fake, inputs } = watch(createFakeEngine(), 'image.pull')
  const { user } = renderConsole(fake, '#/images')
  await user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^Image/ }), 'redis')
  const finds = within(await dialog.findByRole('list', { name: 'Search results' }))
  expect(finds.getAllByRole('listitem')).toHaveLength(3)
  await user.click(finds.getAllByRole('button')[0]!)
  expect(dialog.getByRole('textbox', { name: /^Image/ })).toHaveProperty('value', 'docker.io/library/redis')
  expect(await dialog.findByText('6 tags in the registry')).toBeTruthy()
  expect(dialog.queryByRole('list', { name: 'Search results' })).toBeNull()
  await user.type(dialog.getByRole('combobox', { name: 'Tag' }), '8.2')
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Platform' }), 'linux/arm/v7')
  expect(dialog.getByText('berth pull --platform linux/arm/v7 docker.io/library/redis:8.2')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  await waitFor(() =>
    expect(inputs).toEqual([
      { reference: 'docker.io/library/redis:8.2', policy: 'always', OS: 'linux', Arch: 'arm', Variant: 'v7' },
    ]),
  )
})

test('pull: one search for what was typed in one go, and a search that fails does not stop a pull', async () => {
  const fake = createFakeEngine({}, { 'registry.search': async () => Promise.reject(new Error('no route to docker.io')) })
  const { user } = renderConsole(fake, '#/images')
  await user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^Image/ }), 'redis')
  expect(await dialog.findByText('The search failed: no route to docker.io')).toBeTruthy()
  expect(fake.calls.filter((name) => name === 'registry.search')).toHaveLength(1)
  expect(dialog.getByRole('button', { name: 'Pull' })).toHaveProperty('disabled', false)
})

test('push: the result’s digest is shown, and how it is written can be chosen', async () => {
  const { fake, inputs } = watch(createFakeEngine(fakeHost()), 'image.push')
  const { user, dialog } = await openAction('Push…', fake)
  const field = dialog.getByRole('textbox', { name: /^Destination/ })
  await user.clear(field)
  await user.type(field, 'private.example.org/a:1')
  await user.click(dialog.getByRole('button', { name: 'Push' }))
  expect(await dialog.findByText(/wants a user name and password/, { selector: '.pf-v6-c-alert *' })).toBeTruthy()
  await user.type(dialog.getByRole('textbox', { name: /^User name/ }), 'me')
  await user.type(dialog.getByLabelText('Password or token'), 'sesame')
  await user.click(dialog.getByRole('button', { name: 'Advanced' }))
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Compression' }), 'zstd')
  await user.type(dialog.getByRole('textbox', { name: 'Compression level' }), '9')
  const command = `berth push --compression-format zstd --compression-level 9 --creds me ${nginx} private.example.org/a:1`
  expect(dialog.getByText(command)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Push' }))
  expect(await dialog.findByRole('textbox', { name: 'Digest' }, { timeout: 5000 })).toHaveProperty(
    'value',
    expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  )
  expect(dialog.getByText('44.1 MB of 44.1 MB')).toBeTruthy()
  expect(inputs.at(-1)).toEqual({
    name: nginx,
    destination: 'private.example.org/a:1',
    compressionFormat: 'zstd',
    compressionLevel: 9,
    credentials: 'me:sesame',
  })
  await user.click(dialog.getAllByRole('button', { name: 'Close' }).at(-1)!)
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('save: the browser takes the archive by its address', async () => {
  const clicked: string[] = []
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(`${this.getAttribute('href')} ${this.download}`)
  })
  const { user, dialog } = await openAction('Save…')
  await user.selectOptions(dialog.getByRole('combobox', { name: 'Format' }), 'oci-archive')
  expect(dialog.getByText(`berth save --format oci-archive -o nginx-1.29.oci.tar ${nginx}`)).toBeTruthy()
  await waitFor(() => expect(dialog.getByRole('button', { name: 'Save' })).toHaveProperty('disabled', false))
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('The browser is downloading nginx-1.29.oci.tar.')).toBeTruthy()
  expect(clicked).toEqual(['#archive/image.get/nginx-1.29.oci.tar nginx-1.29.oci.tar'])
  click.mockRestore()
})

test('archives are named after what is in them', () => {
  expect(archiveName(['quay.io/a/b:c'], 'docker-archive')).toBe('b-c.tar')
  expect(archiveName(['f'.repeat(64)], 'docker-archive')).toBe(`${'f'.repeat(12)}.tar`)
  expect(archiveName(['a:1', 'b:1'], 'oci-archive')).toBe('images.oci.tar')
})

test('load: several files, each with its result; a file that is not an archive is an error', async () => {
  const { fake, user, dialog } = await openAction('Load images…', createFakeEngine(fakeHost()), '')
  const input = document.querySelector<HTMLInputElement>('input[type=file]')!
  await user.upload(input, [new File(['archive of a'], 'a.tar'), new File(['a picture'], 'b.tar')])
  await user.click(dialog.getByRole('button', { name: 'Load' }))
  expect(await dialog.findByText('Loaded localhost/loaded:12')).toBeTruthy()
  expect(await dialog.findByText('That is no archive of an image.')).toBeTruthy()
  expect(await dialog.findByText('Failed to load 1 file.')).toBeTruthy()
  expect(fake.state.images.some(({ RepoTags }) => RepoTags?.[0] === 'localhost/loaded:12')).toBe(true)
  await user.click(dialog.getByRole('button', { name: 'Remove b.tar' }))
  expect(dialog.getByRole('button', { name: 'Load' })).toHaveProperty('disabled', true)
})

test('import: a file becomes an image with a name and a command', async () => {
  const { fake, inputs } = watch(createFakeEngine(fakeHost()), 'image.import')
  const { user, dialog } = await openAction('Import tarball…', fake, '')
  await user.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, new File(['root'], 'root.tar'))
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'localhost/root:1')
  await user.type(dialog.getByRole('textbox', { name: 'Command' }), "sh -c 'echo hi'")
  await user.click(dialog.getByRole('button', { name: 'Import' }))
  expect(await screen.findByText('localhost/root:1 was imported.')).toBeTruthy()
  expect(inputs[0]).toMatchObject({ reference: 'localhost/root:1', changes: ['CMD ["sh","-c","echo hi"]'] })
})

test('prune: what goes and what it frees is shown before, and what went afterwards', async () => {
  const { fake, user, dialog } = await openAction('Prune…', createFakeEngine(fakeHost()), '')
  expect(dialog.getByText(/1 image will be removed\. Frees 187 MB of disk space\./)).toBeTruthy()
  await user.click(dialog.getByRole('radio', { name: /^All unused images/ }))
  expect(dialog.getByText('localhost/everywhere:2')).toBeTruthy()
  expect(dialog.queryByText('docker.io/library/alpine:3.22')).toBeNull()
  expect(dialog.getByText('berth image prune --all')).toBeTruthy()
  await user.click(dialog.getByRole('radio', { name: /^Dangling images/ }))
  await user.click(dialog.getByRole('button', { name: 'Prune' }))
  expect(await dialog.findByText(/1 image was removed\. 187 MB of disk space was freed\./)).toBeTruthy()
  expect(fake.state.images.some(({ RepoTags }) => RepoTags === null)).toBe(false)
})

test('registries: a refused login is shown in the dialog, a successful one is kept, and can be logged out', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/images?tab=registries')
  await user.click(await screen.findByRole('button', { name: 'Log in to docker.io' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^User name/ }), 'bob')
  await user.type(dialog.getByLabelText('Password or token'), 'wrong')
  expect(dialog.getByText('berth login --username bob docker.io')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Log in' }))
  expect(await dialog.findByText('docker.io does not accept this user name and password.')).toBeTruthy()
  await user.clear(dialog.getByLabelText('Password or token'))
  await user.type(dialog.getByLabelText('Password or token'), 'right')
  await user.click(dialog.getByRole('button', { name: 'Log in' }))
  await user.click(await screen.findByRole('button', { name: 'Log out of docker.io' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Log out' }))
  expect(await screen.findByRole('button', { name: 'Log in to docker.io' })).toBeTruthy()
  expect(screen.getByText('Blocked')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Log in to old.example.org' })).toBeNull()
})
