import { screen, waitForElementToBeRemoved, within } from '@testing-library/react'
import { expect, test } from 'vitest'

import { createFakeEngine } from '../testing/fake-engine.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { fakeNetwork } from '../testing/fake-networks.ts'
import { renderConsole } from '../testing/render.tsx'
import { networkFields, emptyNetworkDraft } from './dialogs/network-fields.ts'
import { requestOf, wordsOf, checkFields } from '../engine/fields/field.ts'

function host() {
  const state = fakeHost()
  const [first, second] = state.containers!
  const containers = [
    { ...first!, Networks: ['shop', 'podman'] },
    { ...second!, Networks: ['podman'] },
  ]
  const shop = fakeNetwork('shop', {
    containers: {
      [first!.Id]: {
        name: first!.Names![0]!,
        interfaces: { eth0: { subnets: [{ ipnet: '10.89.1.7/24', gateway: '10.89.1.1' }], mac_address: '02:00:00:00:00:07' } },
      },
    },
  })
  return { ...state, containers, networks: [fakeNetwork('podman'), shop, fakeNetwork('empty', { internal: true })] }
}

const nameOf = (state: ReturnType<typeof host>, at: number) => state.containers[at]!.Names![0]!

test('networks are listed with their subnets and containers, and found by them', async () => {
  const state = host()
  const { user } = renderConsole(createFakeEngine(state), '#/networks')
  const row = await screen.findByRole('row', { name: /^shop/ })
  expect(within(row).getByText('10.89.1.0/24')).toBeTruthy()
  expect(await within(row).findByRole('link', { name: nameOf(state, 0) })).toBeTruthy()
  expect(within(screen.getByRole('row', { name: /^empty/ })).getByText('Internal')).toBeTruthy()
  await user.type(screen.getByRole('textbox', { name: 'Filter networks' }), nameOf(state, 0))
  expect(screen.queryByRole('row', { name: /^empty/ })).toBeNull()
})

test('a network is created with what was said, and removed with what it would take', async () => {
  const engine = createFakeEngine(host())
  const { user } = renderConsole(engine, '#/networks')
  await user.click(await screen.findByRole('button', { name: 'Create network' }))
  const dialog = within(await screen.findByRole('dialog', { name: /Create network/ }))
  await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'backend')
  await user.click(dialog.getByRole('checkbox', { name: 'Internal' }))
  await user.click(dialog.getByRole('button', { name: 'Create' }))
  expect(await screen.findByRole('row', { name: /^backend/ })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Actions for shop' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
  const removal = within(await screen.findByRole('dialog', { name: /Remove shop/ }))
  const button = removal.getByRole<HTMLButtonElement>('button', { name: 'Remove' })
  expect(button.disabled).toBe(true)
  await user.click(removal.getByRole('checkbox', { name: 'Remove this container too' }))
  await user.click(button)
  await waitForElementToBeRemoved(() => screen.queryByRole('dialog'))
  expect(engine.state.networks!.map(({ name }) => name)).toEqual(['podman', 'empty', 'backend'])
})

test('its details have addresses and a picture, and containers come and go', async () => {
  const state = host()
  const engine = createFakeEngine(state)
  const { user } = renderConsole(engine, '#/networks/shop')
  const members = await screen.findByRole('table', { name: 'Containers of the network' })
  expect(await within(members).findByText('10.89.1.7')).toBeTruthy()
  await user.click(within(members).getByRole('button', { name: `Disconnect ${nameOf(state, 0)}` }))
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Disconnect' }))
  expect(await screen.findByText('No containers are in this network.')).toBeTruthy()
  await user.click(await screen.findByRole('button', { name: 'Actions for shop' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Connect a container…' }))
  const dialog = within(await screen.findByRole('dialog', { name: /Connect a container to shop/ }))
  await user.type(dialog.getByRole('combobox', { name: 'Container' }), nameOf(state, 1))
  await user.click(dialog.getByRole('button', { name: 'Connect' }))
  await expect.poll(() => engine.state.containers[1]!.Networks).toEqual(['podman', 'shop'])
})

test('a container that cannot be connected is not offered, and who types its name is told why', async () => {
  const state = host()
  const containers = [state.containers[0]!, { ...state.containers[1]!, Networks: [], NetworkMode: 'host' }]
  const { user } = renderConsole(createFakeEngine({ ...state, containers }), '#/networks/empty')
  await user.click(await screen.findByRole('button', { name: 'Actions for empty' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Connect a container…' }))
  const dialog = within(await screen.findByRole('dialog', { name: /Connect a container to empty/ }))
  expect(await dialog.findByText(/^1 container is not offered/)).toBeTruthy()
  await user.type(dialog.getByRole('combobox', { name: 'Container' }), nameOf(state, 1))
  expect(dialog.getByText('It uses the network of the host.')).toBeTruthy()
  expect(dialog.getByRole<HTMLButtonElement>('button', { name: 'Connect' }).disabled).toBe(true)
})

test('the engine says which networks a prune removes, and after it they are gone', async () => {
  const engine = createFakeEngine(host())
  const { user } = renderConsole(engine, '#/networks')
  await user.click(await screen.findByRole('button', { name: 'More network actions' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Prune…' }))
  const dialog = within(await screen.findByRole('dialog', { name: /Prune networks/ }))
  const list = within(await dialog.findByRole('list', { name: 'Networks to remove' }))
  expect(list.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['empty'])
  await user.click(dialog.getByRole('button', { name: 'Prune' }))
  expect((await dialog.findByRole('status')).textContent?.trim()).toBe('1 network was removed.')
  expect(engine.state.networks!.map(({ name }) => name)).toEqual(['podman', 'shop'])
})

test('request and command line say the same', () => {
  const draft = {
    ...emptyNetworkDraft,
    name: 'shop',
    subnets: [{ subnet: '10.5.0.0/24', gateway: '10.5.0.1' }],
    isolate: true,
    mtu: '1400',
    withoutDns: true,
    labels: [{ name: 'a', value: 'b' }],
  }
  expect(requestOf(networkFields, draft)).toEqual({
    name: 'shop',
    subnets: [{ subnet: '10.5.0.0/24', gateway: '10.5.0.1' }],
    options: { isolate: 'true', mtu: '1400' },
    dns_enabled: false,
    labels: { a: 'b' },
  })
  expect(wordsOf(networkFields, draft).join(' ')).toBe(
    '--subnet 10.5.0.0/24 --gateway 10.5.0.1 --disable-dns --opt isolate=true --opt mtu=1400 --label a=b shop',
  )
  const wrong = checkFields(networkFields, { ...draft, subnets: [{ subnet: 'ten', gateway: '' }], mtu: 'big' })
  expect([wrong.subnets?.[0]?.cells, wrong.mtu]).toEqual([['subnet'], expect.any(String)])
  const subnets = ['10.5.0.0/33', '10.256.0.0/24', '10.5.0.0', 'fd00::/64', '10.5.0.0/24'].map((subnet) => ({
    subnet,
    gateway: '',
  }))
  const found = checkFields(networkFields, { ...draft, subnets }).subnets
  expect(found?.map((each) => each?.cells)).toEqual([['subnet'], ['subnet'], ['subnet'], undefined, undefined])
})
