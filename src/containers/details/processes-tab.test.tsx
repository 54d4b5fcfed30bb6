import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { fakeContainer } from '../../testing/fake-data.ts'
import { renderConsole } from '../../testing/render.tsx'

const open = (state: 'running' | 'exited') => {
  const fake = createFakeEngine({ ...fakeHost(), containers: [fakeContainer('web', { State: state })] })
  return { fake, ...renderConsole(fake, `#/containers/${fake.state.containers[0]!.Id}?tab=processes`) }
}

test('processes are shown as one stream reports them, in the order that is chosen', async () => {
  const { fake, user } = open('running')
  const table = within(await screen.findByRole('grid', { name: 'Processes' }))
  const pids = () =>
    table
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.querySelector('td')!.textContent)
  expect(pids()).toEqual(['1', '29', '99'])
  await user.click(table.getByRole('button', { name: 'CPU' }))
  expect(pids()).toEqual(['99', '1', '29'])
  expect(table.getByText('Sleeping', { selector: 'tr:nth-child(1) *' })).toBeTruthy()
  expect(fake.calls.filter((name) => name === 'container.processes')).toHaveLength(1)
})

test('a signal goes to one process; one that has ended meanwhile is named', async () => {
  const { fake, user } = open('running')
  const send = async (pid: number) => {
    await user.click(await screen.findByRole('button', { name: `Actions for process ${pid}` }))
    await user.click(await screen.findByRole('menuitem', { name: 'Send signal…' }))
    const dialog = within(await screen.findByRole('dialog', { name: `Send signal to process ${pid}` }))
    expect(dialog.getByText(`berth exec web kill -s TERM ${pid}`)).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: 'Send' }))
    return dialog
  }
  await send(29)
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(fake.calls).toContain('container.signalProcess')
  const dialog = await send(99)
  expect(await dialog.findByText(/There is no process 99/)).toBeTruthy()
})

test('a container that does not run has none', async () => {
  const { fake } = open('exited')
  expect(await screen.findByText('The container is not running')).toBeTruthy()
  expect(fake.calls).not.toContain('container.processes')
})
