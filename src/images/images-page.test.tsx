import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { fakeHost } from '../testing/fake-host.ts'
import { fakeImage } from '../testing/fake-data.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'

test('the images, and those that have no name', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/images')
  const table = within(await screen.findByRole('table', { name: 'Images' }))
  expect(table.getByText('17-alpine')).toBeTruthy()
  expect(table.queryByText('Untagged')).toBeNull()
  expect(table.getByRole('button', { name: 'Run docker.io/library/nginx:1.29' })).toBeTruthy()
  expect(screen.getByRole('button', { name: 'All 10' })).toBeTruthy()
  await user.click(screen.getByRole('switch', { name: 'Dangling (1)' }))
  expect(screen.getByRole('button', { name: 'All 11' })).toBeTruthy()
  expect(table.getByText('Untagged')).toBeTruthy()
  expect(window.location.hash).toContain('dangling=yes')
})

test('where there are no images, there is nothing to choose among or to check', async () => {
  const fake = createFakeEngine()
  renderConsole(fake, '#/images')
  expect(await screen.findByText('No images yet')).toBeTruthy()
  expect(screen.queryByRole('textbox', { name: 'Filter images' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Check for updates' })).toBeNull()
  fake.state.images = [fakeImage('a:1')]
  fake.emit('image', 'pull', 'a', 'a:1')
  expect(await screen.findByRole('textbox', { name: 'Filter images' })).toBeTruthy()
})

test('what an image has of its own, what it is, and what uses it can be seen', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/images')
  const nginx = within(await screen.findByRole('row', { name: /nginx/ }))
  expect(nginx.getByText('114 MB unique')).toBeTruthy()
  expect(nginx.getByRole('link', { name: 'proxy' }).getAttribute('href')).toMatch(/^#\/containers\//)
  expect(within(screen.getByRole('row', { name: /everywhere/ })).getByText('Manifest list')).toBeTruthy()
  const alpine = within(screen.getByRole('row', { name: /alpine docker/ }))
  expect(alpine.getByText('Read-only')).toBeTruthy()
  expect(alpine.getByRole('checkbox')).toHaveProperty('disabled', true)
})

test('newer images are asked for once, on demand, and are gone when they were pulled', async () => {
  localStorage.clear()
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/images')
  await screen.findByRole('row', { name: /nginx/ })
  expect(fake.calls).not.toContain('image.updates')
  await user.click(screen.getByRole('button', { name: 'Check for updates' }))
  expect(await screen.findByText('An update is available for 1 image.', undefined, { timeout: 8000 })).toBeTruthy()
  expect(fake.calls.filter((name) => name === 'image.updates')).toHaveLength(1)
  await user.click(screen.getByRole('button', { name: 'Update available' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.getByRole('textbox', { name: /^Image/ })).toHaveProperty('value', 'docker.io/library/nginx:1.29')
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), { timeout: 10_000 })
  expect(screen.queryByRole('button', { name: 'Update available' })).toBeNull()
})

test('where there are no columns, the order can be chosen all the same, and all lines', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/images')
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Sort by' }), 'Size ↓')
  expect(window.location.hash).toContain('sort=size%3Adesc')
  expect(screen.getAllByRole('row')[1]!.textContent).toContain('trainer')
  // One is drawn in the head of the table, one where that is not.
  for (const box of screen.getAllByRole('checkbox', { name: 'Select all' })) {
    await user.click(box)
    expect(screen.getByRole('region', { name: 'Selected images' }).textContent).toContain('9 images selected')
    await user.click(box)
    expect(screen.queryByRole('region', { name: 'Selected images' })).toBeNull()
  }
})

test('an image with several names only loses those that are chosen', async () => {
  const images = [fakeImage('redis:8', { RepoTags: ['redis:8', 'cache:prod'], Containers: 2 }), fakeImage('old:1')]
  const { user } = renderConsole(createFakeEngine({ images }), '#/images')
  await user.click(await screen.findByRole('checkbox', { name: 'Select cache:prod' }))
  await user.click(screen.getByRole('checkbox', { name: 'Select old:1' }))
  await user.click(screen.getByRole('button', { name: 'Remove…' }))
  const going = within(await screen.findByRole('list', { name: 'Images to remove' }))
  expect(going.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'cache:prodonly this name',
    'old:158.4 MB',
  ])
})

test('several are removed at once; those that containers use stay', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/images')
  await user.click(await screen.findByRole('checkbox', { name: 'Select docker.io/library/nginx:1.29' }))
  await user.click(screen.getByRole('checkbox', { name: 'Select localhost/everywhere:2' }))
  const bar = within(screen.getByRole('region', { name: 'Selected images' }))
  expect(bar.getByText(/^2 images selected/)).toBeTruthy()
  await user.click(bar.getByRole('button', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(within(dialog.getByRole('list', { name: 'Images to keep' })).getByText('docker.io/library/nginx:1.29')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Remove' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(fake.state.images.some(({ RepoTags }) => RepoTags?.includes('localhost/everywhere:2'))).toBe(false)
  expect(screen.queryByRole('region', { name: 'Selected images' })).toBeNull()
})

test('images that could not be checked are not said to be up to date', async () => {
  const host = fakeHost()
  const named = host.images.filter(({ RepoTags }) => RepoTags?.[0]?.startsWith('docker.io/'))
  const found = named.map(({ Id, RepoTags }, index) => ({
    ...{ name: RepoTags![0]!, id: Id, checked: 1, status: index === 0 ? 'unknown' : 'current' },
    ...(index === 0 ? { code: 'RegistryUnreachable', reason: 'refused' } : {}),
  }))
  window.localStorage.setItem('berth.updates.alice', JSON.stringify({ checked: 1, found }))
  renderConsole(createFakeEngine(host), '#/images')
  expect(await screen.findByText('All images that could be checked are up to date.')).toBeTruthy()
  expect(screen.queryByText('All images are up to date.')).toBeNull()
  expect(screen.getByText(`Not checked: ${found[0]!.name}`)).toBeTruthy()
  window.localStorage.removeItem('berth.updates.alice')
})

test('what real Podman lacks is not offered', async () => {
  const host = fakeHost()
  const { user } = renderConsole(createFakeEngine({ ...host, info: { ...host.info, berth: undefined } }), '#/images')
  await user.click(await screen.findByRole('link', { name: /nginx/ }))
  expect(await screen.findByRole('tab', { name: 'History' })).toBeTruthy()
  expect(screen.queryByRole('tab', { name: 'Layers' })).toBeNull()
  await user.click(screen.getAllByRole('link', { name: 'Images' }).at(-1)!)
  expect(await screen.findByRole('row', { name: /nginx/ })).toBeTruthy()
  expect(screen.queryByRole('tab', { name: 'Registries' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Check for updates' })).toBeNull()
})

test('a pull shows its layers, and its image is in the list afterwards', async () => {
  const { user } = renderConsole(createFakeEngine(), '#/images')
  await user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^Image/ }), 'docker.io/library/redis:8')
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  expect(await dialog.findByText('Already exists')).toBeTruthy()
  expect(await dialog.findAllByText(/of 29.8 MB/)).toHaveLength(1)
  expect(await screen.findByRole('button', { name: 'Run docker.io/library/redis:8' }, { timeout: 10_000 })).toBeTruthy()
})

test('a pull that is cancelled ends, and leaves nothing', async () => {
  const fake = createFakeEngine()
  const { user } = renderConsole(fake, '#/images')
  await user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^Image/ }), 'docker.io/library/redis:8')
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  await dialog.findByText('Already exists')
  await user.click(dialog.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(fake.state.images).toEqual([])
})

test('a refused pull is shown in the dialog, and can be retried with user name and password', async () => {
  const inputs: unknown[] = []
  const fake = createFakeEngine()
  const start = fake.engine['task.start']
  const watched: typeof start = (input, options) => {
    inputs.push(input.body.input)
    return start(input, options)
  }
  const engine = new Proxy(fake.engine, {
    get: (target, name) => (name === 'task.start' ? watched : target[name as keyof typeof target]),
  })
  const { user } = renderConsole({ ...fake, engine }, '#/images')
  await user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await user.type(dialog.getByRole('textbox', { name: /^Image/ }), 'example.org/private:1')
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  expect(await dialog.findByText(/wants a user name and password/, { selector: '.pf-v6-c-alert *' })).toBeTruthy()
  // It opens the fields for what was wanted.
  expect(dialog.getByRole('checkbox', { name: 'The registry requires a login' })).toHaveProperty('checked', true)
  await user.type(dialog.getByRole('textbox', { name: /^User name/ }), 'me')
  await user.type(dialog.getByLabelText('Password or token'), 'sesame')
  expect(dialog.getByText('berth pull --creds me example.org/private:1')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Pull' }))
  await waitFor(() => expect(inputs.at(-1)).toMatchObject({ credentials: 'me:sesame' }))
})

test('an image in use names what uses it instead of being removed', async () => {
  const host = fakeHost()
  const images = host.images.map((image) => ({
    ...image,
    Id: host.containers.find(({ Image }) => image.RepoTags?.includes(Image))?.ImageID ?? image.Id,
  }))
  const { user } = renderConsole(createFakeEngine({ ...host, images }), '#/images')
  await user.click(await screen.findByRole('button', { name: 'Actions for docker.io/library/nginx:1.29' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(await dialog.findByRole('link', { name: 'proxy' })).toBeTruthy()
  expect(dialog.getByRole('button', { name: 'Remove' })).toHaveProperty('disabled', true)
})
