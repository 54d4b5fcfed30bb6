import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { renderConsole } from '../testing/render.tsx'

const textOf = (element: HTMLElement) => element.textContent ?? ''

test('a pod has a page: its containers, what they share and its limits', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/containers/pods/blog')
  await screen.findByRole('heading', { level: 1, name: 'blog' })
  const members = await screen.findByRole('list', { name: 'Containers' })
  const link = within(members).getByRole('link', { name: 'blog-web' })
  expect(link.getAttribute('href')).toMatch(/^#\/containers\/[0-9a-f]+$/)
  const page = screen.getByRole('main')
  for (const text of ['512 MiB', '1.5', 'IPC, Network, Hostname', '8080 → 80/tcp', 'Keep the pod running', 'Always'])
    expect(textOf(page)).toContain(text)
})

test('a pod that is not there is said so', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/containers/pods/nowhere')
  expect(await screen.findByText('Pod not found')).toBeTruthy()
})

test('its actions lead to its logs, and clone it', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Actions for pod blog' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Clone…' }))
  const dialog = await screen.findByRole('dialog')
  const name = within(dialog).getByRole('textbox', { name: 'Name' })
  expect((name as HTMLInputElement).value).toBe('blog-clone')
  await user.click(within(dialog).getByRole('button', { name: 'Clone' }))
  await waitFor(() => expect(fake.state.pods.map(({ Name }) => Name)).toContain('blog-clone'))
  await user.click(await screen.findByRole('button', { name: 'Actions for pod blog' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Logs' }))
  await screen.findByRole('log', { name: 'Logs of the pod' })
  expect(window.location.hash).toMatch(/^#\/containers\/pods\/[0-9a-f]+\?tab=logs$/)
})

test('the dialog makes what was chosen, and shows the command for it', async () => {
  const fake = createFakeEngine(fakeHost())
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'Create pod' }))
  const dialog = await screen.findByRole('dialog')
  const type = async (label: string, text: string) => user.type(within(dialog).getByRole('textbox', { name: label }), text)
  await type('Name', 'shop_1')
  await type('Memory limit', '256')
  await type('PID limit', 'x')
  expect((within(dialog).getByRole('button', { name: 'Create' }) as HTMLButtonElement).disabled).toBe(true)
  await user.clear(within(dialog).getByRole('textbox', { name: 'PID limit' }))
  await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Restart policy' }), 'always')
  await user.click(within(dialog).getByRole('button', { name: 'Sharing' }))
  await user.click(within(dialog).getByRole('checkbox', { name: 'Processes' }))
  await user.click(within(dialog).getByRole('button', { name: 'Show the equivalent command line' }))
  expect(textOf(dialog)).toContain('pod create --memory 256m --share ipc,net,uts,pid --restart always shop_1')
  await user.click(within(dialog).getByRole('button', { name: 'Create' }))
  await waitFor(() => expect(fake.state.pods.map(({ Name }) => Name)).toContain('shop_1'))
})
