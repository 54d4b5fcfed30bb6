import { act, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { fakeInfo } from '../../testing/fake-data.ts'
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

const openTasks = async (user: ReturnType<typeof renderConsole>['user']) => {
  await user.click(screen.getByRole('button', { name: /^Tasks/ }))
  return within(await screen.findByRole('list', { name: 'Tasks' }))
}

test('a pull continues without its dialog and the page, shows its progress, and its completion', async () => {
  const fake = createFakeEngine()
  const { user, dialog, unmount } = await beginPull(fake)
  await user.click(dialog.getByRole('button', { name: 'Continue in the background' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect((await openTasks(user)).getByRole('progressbar', { name: `Pull ${redis}` })).toBeTruthy()
  unmount()
  // As after F5.
  const again = renderConsole(fake, '#/images')
  await screen.findByRole('button', { name: 'Tasks, 1 running' })
  expect((await openTasks(again.user)).getByRole('progressbar', { name: `Pull ${redis}` })).toBeTruthy()
  expect(await screen.findByText(`Pull ${redis}: done`, undefined, { timeout: 10_000 })).toBeTruthy()
  expect(screen.queryByRole('progressbar', { name: `Pull ${redis}` })).toBeNull()
  await again.user.click(screen.getByRole('button', { name: `Remove from the list: Pull ${redis}` }))
  expect(await screen.findByText(/Pulls, pushes and other long operations/)).toBeTruthy()
})

test('Escape and the back button leave a pull going; it can be cancelled afterwards, and leaves nothing', async () => {
  const fake = createFakeEngine()
  const { user } = await beginPull(fake)
  await user.keyboard('{Escape}')
  expect(screen.queryByRole('dialog')).toBeNull()
  const list = await openTasks(user)
  await user.click(list.getByRole('button', { name: `Cancel: Pull ${redis}` }))
  expect(await list.findByRole('button', { name: `Remove from the list: Pull ${redis}` })).toBeTruthy()
  expect(fake.state.images).toEqual([])
  expect(screen.queryByText('Failed to pull the image')).toBeNull()
})

test('the back button closes a dialog, and a pull in it goes on', async () => {
  const { user } = await beginPull(createFakeEngine())
  act(() => void window.dispatchEvent(new PopStateEvent('popstate')))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect((await openTasks(user)).getByRole('progressbar')).toBeTruthy()
})

test('with an engine without tasks the page continues a pull itself, and says that it ends with it', async () => {
  const fake = createFakeEngine({ info: { ...fakeInfo(), berth: undefined } })
  const { user, dialog } = await beginPull(fake)
  await user.click(dialog.getByRole('button', { name: 'Continue in the background' }))
  const list = await openTasks(user)
  expect(list.getByText(/Ends when this page is closed/)).toBeTruthy()
  await user.click(list.getByRole('button', { name: `Cancel: Pulling ${redis}` }))
  await user.click(await list.findByRole('button', { name: `Remove from the list: Pulling ${redis}` }))
  await waitFor(() => expect(screen.queryByRole('list', { name: 'Tasks' })).toBeNull())
  expect(fake.calls).not.toContain('task.start')
  expect(fake.calls).not.toContain('task.events')
})

test('an upload in the background stays in the list with its result, until it is removed', async () => {
  let loaded: (result: { Names: string[] }) => void = () => {}
  const fake = createFakeEngine(fakeHost(), {
    'image.load': () => new Promise((resolve) => (loaded = resolve)),
  })
  const { user } = renderConsole(fake, '#/images')
  await user.click(await screen.findByRole('button', { name: 'More image actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Load images…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, new File(['archive'], 'a.tar'))
  await user.click(dialog.getByRole('button', { name: 'Load' }))
  await user.click(await dialog.findByRole('button', { name: 'Continue in the background' }))
  const list = await openTasks(user)
  expect(list.getByRole('progressbar', { name: 'Uploading 1 file' })).toBeTruthy()
  expect(list.getByText(/^started/)).toBeTruthy()
  act(() => loaded({ Names: ['localhost/a:1'] }))
  expect(await list.findByText('Loaded localhost/a:1')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Tasks' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Clear ended' }))
  await waitFor(() => expect(screen.queryByRole('list', { name: 'Tasks' })).toBeNull())
})

test('an import goes on in the background; one that is cancelled there says nothing of an image', async () => {
  const fake = createFakeEngine(fakeHost(), {
    'image.import': (_input, { signal } = {}) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new EngineError('Cancelled', 'Cancelled.'))),
      ),
  })
  const { user } = renderConsole(fake, '#/images')
  await user.click(await screen.findByRole('button', { name: 'More image actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Import tarball…' }))
  const dialog = within(await screen.findByRole('dialog'))
  await user.upload(document.querySelector<HTMLInputElement>('input[type=file]')!, new File(['archive'], 'a.tar'))
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'localhost/root:1')
  await user.click(dialog.getByRole('button', { name: 'Import' }))
  await user.click(await dialog.findByRole('button', { name: 'Continue in the background' }))
  const list = await openTasks(user)
  await user.click(list.getByRole('button', { name: 'Cancel: Uploading 1 file' }))
  expect(await list.findByRole('button', { name: 'Remove from the list: Uploading 1 file' })).toBeTruthy()
  expect(screen.queryByText(/was imported/)).toBeNull()
  expect(screen.queryByText('Failed to import the tarball')).toBeNull()
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
  const list = await openTasks(user)
  expect(await list.findByText('50%')).toBeTruthy()
  fail()
  expect(await screen.findByText('Failed to push the image')).toBeTruthy()
  expect(screen.getAllByText(/The registry does not answer any more./).length).toBeGreaterThan(0)
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
