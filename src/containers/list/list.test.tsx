import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'

import { EngineError } from '../../../engine/errors/index.ts'
import { fakeContainer } from '../../testing/fake-data.ts'
import { createFakeEngine } from '../../testing/fake-engine.ts'
import { fakeHost } from '../../testing/fake-host.ts'
import { fakeInspect } from '../../testing/fake-inspect.ts'
import { renderConsole } from '../../testing/render.tsx'

beforeEach(() => localStorage.clear())

/** The names of the containers in the table, in their order. */
const shownNames = () => [...document.querySelectorAll('.berth-container .berth-name')].map(({ textContent }) => textContent)

test('several containers are stopped at once: what becomes of each is shown, and one that fails does not stop the others', async () => {
  const host = fakeHost()
  const id = (name: string) => host.containers.find(({ Names }) => Names[0] === name)!.Id
  const fake = createFakeEngine(host, {
    'container.stop': async ({ name }) => {
      if (name === id('proxy')) throw new EngineError('ContainerStateInvalid', 'proxy does not react.')
      fake.state.containers = fake.state.containers.map((each) => (each.Id === name ? { ...each, State: 'exited' } : each))
    },
  })
  const { user } = renderConsole(fake, '#/containers')
  for (const name of ['proxy', 'registry', 'scratchpad'])
    await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }))
  const bar = within(screen.getByRole('region', { name: 'Selected containers' }))
  expect(bar.getByText('3 selected')).toBeTruthy()
  await user.click(bar.getByRole('button', { name: 'Stop' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Stop 2 containers' }))
  await user.click(dialog.getByRole('button', { name: 'Stop' }))
  await waitFor(() => expect(dialog.getByRole('status').textContent).toBe('1 of 2 done. 1 failed.'))
  expect(
    within(dialog.getByRole('list', { name: 'Containers' }))
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent),
  ).toEqual(['proxy This is not possible in the present state of the container.', 'registry Stopped', 'scratchpadNot running'])
  expect(fake.state.containers.find(({ Id }) => Id === id('registry'))!.State).toBe('exited')
})

test('removing several asks about their volumes, and stops those that run', async () => {
  const inputs: unknown[] = []
  const host = fakeHost()
  const fake = createFakeEngine(host, {
    'container.remove': async (input) => {
      inputs.push(input)
      return []
    },
  })
  const { user } = renderConsole(fake, '#/containers?filter=shop')
  await user.click(await screen.findByRole('checkbox', { name: 'Select all' }))
  await user.click(screen.getByRole('button', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog', { name: /Remove 2 containers/ }))
  await user.click(dialog.getByRole('checkbox', { name: 'Remove anonymous volumes' }))
  expect(dialog.getByText('berth rm --force --volumes shop-api-1 shop-db-1')).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Stop and remove' }))
  await waitFor(() => expect(inputs).toHaveLength(2))
  expect(inputs[0]).toMatchObject({ force: true, v: true })
})

test('prune shows what goes and what it frees, before and after', async () => {
  const containers = [
    fakeContainer('old', { State: 'exited', Size: { rootFsSize: 0, rwSize: 2_000_000 } }),
    fakeContainer('older', { State: 'exited', Size: { rootFsSize: 0, rwSize: 5_000_000 } }),
    fakeContainer('alive'),
  ]
  const fake = createFakeEngine(
    { containers },
    { 'container.prune': async () => containers.slice(0, 2).map(({ Id, Size }) => ({ Id, Size: Size!.rwSize })) },
  )
  const { user } = renderConsole(fake, '#/containers')
  await user.click(await screen.findByRole('button', { name: 'More container actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Prune…' }))
  const dialog = within(await screen.findByRole('dialog'))
  const gone = within(await dialog.findByRole('list', { name: 'Containers to remove' }))
  expect(gone.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['older5 MB', 'old2 MB'])
  expect(dialog.getByText(/Frees at least 7 MB/)).toBeTruthy()
  await user.click(dialog.getByRole('button', { name: 'Prune' }))
  expect((await dialog.findByRole('status')).textContent).toBe('2 containers were removed. 7 MB of disk space was freed.')
})

test('filters are chosen from what there is, stand in the address and are taken away by their chips', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/containers?label=com.docker.compose.service%3Dapi')
  await screen.findByRole('table', { name: 'Containers' })
  expect(shownNames()).toEqual(['shop-api-1'])
  await user.click(screen.getByRole('button', { name: 'Remove filter com.docker.compose.service=api' }))
  await user.click(screen.getByRole('button', { name: /^Filter/ }))
  const panel = within(await screen.findByRole('group', { name: 'Filter' }))
  await user.click(panel.getByRole('checkbox', { name: /^Paused/ }))
  await user.type(panel.getByRole('searchbox', { name: 'Find a filter' }), 'blog')
  expect(panel.getAllByRole('checkbox')).toHaveLength(1)
  expect(shownNames()).toEqual(['trainer'])
  expect(window.location.hash).toBe('#/containers?status=paused')
  await user.click(screen.getByRole('button', { name: 'Clear all filters' }))
  expect(window.location.hash).toBe('#/containers')
  expect(shownNames()).toHaveLength(9)
})

test('columns and groups are chosen, and are the same after the page is opened again', async () => {
  const first = renderConsole(createFakeEngine(fakeHost()), '#/containers')
  await first.user.click(await screen.findByRole('button', { name: 'View' }))
  const panel = within(await screen.findByRole('group', { name: 'View' }))
  await first.user.click(panel.getByRole('radio', { name: 'No groups' }))
  await first.user.click(panel.getByRole('checkbox', { name: 'ID' }))
  await first.user.click(panel.getByRole('checkbox', { name: 'Memory' }))
  first.unmount()
  renderConsole(createFakeEngine(fakeHost()), '#/containers')
  const table = within(await screen.findByRole('table', { name: 'Containers' }))
  expect(table.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
    '',
    'Name',
    'Image',
    'State',
    'CPU',
    'Ports',
    'Started',
    'ID',
    'Actions',
  ])
  expect(document.querySelector('.berth-group')).toBeNull()
})

test('the image is a link to the image, a port one that opens in a new tab; of many ports the others are one step away', async () => {
  const ports = Array.from({ length: 5 }, (_none, index) => ({
    host_ip: '',
    host_port: 8000 + index,
    container_port: 80 + index,
    range: 1,
    protocol: 'tcp',
  }))
  const container = fakeContainer('web', { Ports: ports })
  const { user } = renderConsole(createFakeEngine({ containers: [container] }), '#/containers')
  const row = within((await screen.findByRole('link', { name: 'web' })).closest('tr')!)
  expect(row.getByRole('link', { name: /nginx:1.29/ }).getAttribute('href')).toBe(`#/images/${container.ImageID}`)
  const port = row.getByRole('link', { name: '8000 → 80' })
  expect([port.getAttribute('href'), port.getAttribute('target')]).toEqual([`http://${window.location.hostname}:8000`, '_blank'])
  expect(row.queryByText('8004 → 84')).toBeNull()
  await user.click(row.getByRole('button', { name: 'Show 3 more ports' }))
  expect(row.getByText('8004 → 84')).toBeTruthy()
})

test('removing a container says which of its volumes may go and which stay', async () => {
  const container = fakeContainer('web', { State: 'exited', Mounts: ['/cache', '/data'] })
  const volume = (name: string, destination: string) => ({
    Type: 'volume',
    Name: name,
    Source: `/volumes/${name}`,
    Destination: destination,
    Driver: 'local',
    Mode: '',
    Options: [],
    RW: true,
    Propagation: 'rprivate',
  })
  const { user } = renderConsole(
    createFakeEngine(
      { containers: [container] },
      {
        'container.inspect': async () => ({
          ...fakeInspect(container),
          Mounts: [volume('a'.repeat(64), '/cache'), volume('shop-data', '/data')],
        }),
      },
    ),
    '#/containers',
  )
  await user.click(await screen.findByRole('button', { name: 'Actions for web' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
  const dialog = within(await screen.findByRole('dialog'))
  const box = await dialog.findByRole('checkbox', { name: 'Remove its anonymous volume (/cache)' })
  expect(dialog.getByText('Named volumes are kept: shop-data.')).toBeTruthy()
  await user.click(box)
  expect(dialog.getByText('berth rm --volumes web')).toBeTruthy()
})

test('of very many containers only some rows are rendered; the filter looks at all, and the row with the focus stays', async () => {
  const containers = Array.from({ length: 60 }, (_none, index) => fakeContainer(`worker-${index}`))
  const { user } = renderConsole(createFakeEngine({ containers }), '#/containers')
  const table = await screen.findByRole('table', { name: 'Containers' })
  expect(table.getAttribute('aria-rowcount')).toBe('61')
  expect(shownNames().length).toBeLessThanOrEqual(25)
  document.querySelector<HTMLElement>('.berth-container .berth-name')!.focus()
  expect(document.activeElement!.textContent).toBe('worker-0')
  await user.type(screen.getByRole('textbox', { name: 'Filter containers' }), 'worker-59')
  expect(shownNames()).toEqual(['worker-59'])
})
