import { act, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { createFakeEngine, type FakeEngine } from '../../testing/fake-engine.ts'
import { renderConsole } from '../../testing/render.tsx'

const redis = 'docker.io/library/redis:8'

async function beginPull(fake: FakeEngine) {
  const shown = renderConsole(fake, '#/images')
  await shown.user.click((await screen.findAllByRole('button', { name: 'Pull image' }))[0]!)
  const dialog = within(await screen.findByRole('dialog'))
  await shown.user.type(dialog.getByRole('textbox', { name: /^Image/ }), redis)
  await shown.user.click(dialog.getByRole('button', { name: 'Pull' }))
  await dialog.findByText(/of 29.8 MB/)
  return { ...shown, dialog }
}

test('a pull continues without its dialog, shows its progress, and its completion', async () => {
  const { user, dialog } = await beginPull(createFakeEngine())
  await user.click(dialog.getByRole('button', { name: 'Continue in the background' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  const list = within(screen.getByRole('list', { name: 'In the background' }))
  expect(list.getByRole('progressbar', { name: `Pulling ${redis}` })).toBeTruthy()
  // Something else can be done.
  await user.click(screen.getByRole('tab', { name: 'Registries' }))
  expect(screen.getByRole('list', { name: 'In the background' })).toBeTruthy()
  expect(await screen.findByText(`${redis} was pulled.`, undefined, { timeout: 10_000 })).toBeTruthy()
  expect(screen.queryByRole('list', { name: 'In the background' })).toBeNull()
})

test('Escape and the back button leave a pull going; it can be cancelled afterwards, and leaves nothing', async () => {
  const fake = createFakeEngine()
  const { user } = await beginPull(fake)
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('dialog')).toBeNull()
  await user.click(screen.getByRole('button', { name: `Cancel: Pulling ${redis}` }))
  await waitFor(() => expect(screen.queryByRole('list', { name: 'In the background' })).toBeNull())
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(fake.state.images).toEqual([])
  expect(screen.queryByText('Failed to pull the image')).toBeNull()
})

test('the back button closes a dialog, and a pull in it goes on', async () => {
  await beginPull(createFakeEngine())
  act(() => void window.dispatchEvent(new PopStateEvent('popstate')))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(screen.getByRole('list', { name: 'In the background' })).toBeTruthy()
})

test('failures in the background are shown', async () => {
  let fail = (): void => {}
  const failed = new Promise<void>((resolve) => (fail = resolve))
  const fake = createFakeEngine(fakeHost(), {
    'image.push': async () =>
      (async function* () {
        yield { layer: { digest: 'sha256:1', phase: 'uploading' as const, current: 1, total: 2 } }
        await failed
        throw new EngineError('RegistryUnreachable', 'The registry does not answer any more.')
      })(),
  })
  const { user } = renderConsole(fake, '#/images')
  await user.click(await screen.findByRole('button', { name: 'Actions for docker.io/library/nginx:1.29' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Push…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.click(dialog.getByRole('button', { name: 'Push' }))
  await user.click(await dialog.findByRole('button', { name: 'Continue in the background' }))
  expect(screen.getByText('50%')).toBeTruthy()
  fail()
  expect(await screen.findByText('Failed to push the image')).toBeTruthy()
  expect(screen.getByText('The registry does not answer any more.')).toBeTruthy()
  expect(screen.queryByRole('list', { name: 'In the background' })).toBeNull()
})

test('the keyboard is where one begins: at a field, or away from what destroys', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/images')
  const focused = async (item: string) => {
    await user.click(await screen.findByRole('button', { name: 'Actions for localhost/trainer:cuda' }))
    await user.click(await screen.findByRole('menuitem', { name: item }))
    await screen.findByRole('dialog')
    const found = document.activeElement!
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Actions for localhost/trainer:cuda' }))
    return found
  }
  expect((await focused('Remove…')).textContent).toBe('Cancel')
  expect((await focused('Save…')).tagName).toBe('SELECT')
  expect((await focused('Untag…')).textContent).toBe('Untag')
  await user.click(screen.getByRole('tab', { name: 'Registries' }))
  await user.click(await screen.findByRole('button', { name: 'Log in to docker.io' }))
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('textbox', { name: /^User name/ })))
})
