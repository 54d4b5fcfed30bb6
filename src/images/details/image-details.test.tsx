import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { fakeImage, hex } from '../../testing/fake-data.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { renderConsole } from '../../testing/render.tsx'
import { createdByText } from './created-by.ts'

const nginx = 'docker.io/library/nginx:1.29'
const link = (tab = '') => `#/images/${encodeURIComponent(nginx)}${tab === '' ? '' : `?tab=${tab}`}`

test('an image has its names, digests and labels; a name can be given and taken', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, link())
  expect(await screen.findByRole('heading', { name: nginx, level: 1 })).toBeTruthy()
  expect(await screen.findByText(/^sha256:[0-9a-f]{64}$/)).toBeTruthy()
  expect(screen.getByRole('list', { name: 'Annotations' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Tag…' }))
  const dialog = within(await screen.findByRole('dialog'))
  const field = dialog.getByRole('textbox', { name: /^New name/ })
  await user.clear(field)
  await user.type(field, 'localhost/web:2')
  expect(dialog.getByText(`berth tag ${nginx} localhost/web:2`)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Tag' }))
  await user.click(await screen.findByRole('button', { name: 'Untag localhost/web:2' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Untag' }))
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Untag localhost/web:2' })).toBeNull())
})

test('its tabs can be linked to: layers with who shares them, history, configuration, tree, containers', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), link('layers'))
  const layers = within(await screen.findByRole('table', { name: 'Layers' }))
  expect(layers.getAllByRole('row')).toHaveLength(4)
  expect(layers.getByRole('link', { name: 'docker.io/library/debian:13' })).toBeTruthy()
  expect(screen.getByText('3 layers: 191 MB uncompressed, 73.9 MB compressed')).toBeTruthy()
  await user.click(screen.getByRole('tab', { name: 'History' }))
  expect(await screen.findByText('CMD ["nginx" "-g" "daemon off;"]')).toBeTruthy()
  await user.click(screen.getByRole('tab', { name: 'Configuration' }))
  expect(await screen.findByText("nginx -g 'daemon off;'")).toBeTruthy()
  expect(screen.getByText('curl -f http://localhost/ || exit 1')).toBeTruthy()
  await user.click(screen.getByRole('tab', { name: 'Tree' }))
  expect(await screen.findByText(/Top Layer of: \[docker.io\/library\/nginx/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Dependent images' }))
  expect(await screen.findByText(/Top Layer of: \[localhost\/shop-api/)).toBeTruthy()
  await user.click(screen.getByRole('tab', { name: 'Containers' }))
  expect(await screen.findByRole('link', { name: 'proxy' })).toBeTruthy()
  expect(window.location.hash).toContain('tab=containers')
  await user.click(screen.getByRole('tab', { name: 'Inspect' }))
  expect(await screen.findByText(/"StopSignal": "SIGQUIT"/)).toBeTruthy()
})

test('a list of images shows what is in it, and is pushed with all of it', async () => {
  const host = fakeHost()
  host.images.push(fakeImage('localhost/everywhere-arm:2', { Digest: `sha256:${hex('entry arm64')}` }))
  const fake = createFakeEngine(host)
  const { user } = renderConsole(fake, `#/images/${encodeURIComponent('localhost/everywhere:2')}`)
  const table = within(await screen.findByRole('table', { name: 'Images in the manifest list' }))
  const arm = within(table.getByRole('row', { name: /linux\/arm64\/v8/ }))
  expect(arm.getByRole('link', { name: 'localhost/everywhere-arm:2' })).toBeTruthy()
  expect(table.getAllByRole('link')).toHaveLength(1)
  expect(screen.queryByRole('tab', { name: 'Layers' })).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Actions for localhost/everywhere:2' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Push…' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.getByText('berth manifest push --all localhost/everywhere:2')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Push' }))
  expect(await dialog.findByText(/^The image was pushed/, undefined, { timeout: 8000 })).toBeTruthy()
  expect(fake.calls).toContain('manifest.push')
})

test('what is done to an image is done by the name it was asked for by; without that name it is still shown', async () => {
  const images = [fakeImage('redis:8', { RepoTags: ['redis:8', 'localhost/cache:prod'] })]
  const { user } = renderConsole(createFakeEngine({ images }), '#/images')
  await user.click(await screen.findByRole('link', { name: /cache/ }))
  expect(await screen.findByRole('heading', { name: 'localhost/cache:prod', level: 1 })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Actions for localhost/cache:prod' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Untag…' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Untag' }))
  expect(await screen.findByRole('heading', { name: 'redis:8', level: 1 })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Actions for redis:8' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
  expect(await screen.findByText('No images yet')).toBeTruthy()
})

test('a read error is shown in place, and can be retried', async () => {
  let broken = true
  const fake = createFakeEngine(fakeHost(), {
    'image.history': async () => {
      if (broken) throw new EngineError('StoreCorrupt', 'The configuration of the image is damaged.')
      return []
    },
  })
  const { user } = renderConsole(fake, link('history'))
  expect(await screen.findByText('The configuration of the image is damaged.')).toBeTruthy()
  broken = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('table', { name: 'History' })).toBeTruthy()
})

test('a removed image shows a message with a way back', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/images/nothing')
  expect(await screen.findByText('Image not found')).toBeTruthy()
})

test('steps are shown without what all of them have', () => {
  expect(createdByText('/bin/sh -c #(nop)  CMD ["bash"]')).toBe('CMD ["bash"]')
  expect(createdByText('RUN /bin/sh -c make # buildkit')).toBe('RUN make')
  expect(createdByText('/bin/sh -c make')).toBe('RUN make')
  expect(createdByText('COPY a / # buildkit')).toBe('COPY a /')
})
