import type { Engine, Network } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { nameOf } from '../engine/container-summary.ts'
import type { FakeWorld } from './fake-world.ts'

type Verbs = Partial<Engine>

/** A network with an address for each container that runs in it. */
export function fakeNetwork(name: string, more: Partial<Network> = {}): Network {
  return {
    name,
    id: `${name}-id`,
    driver: 'bridge',
    network_interface: `${name}0`,
    created: '2026-11-20T08:00:00Z',
    subnets: [{ subnet: '10.89.1.0/24', gateway: '10.89.1.1' }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: true,
    labels: {},
    options: {},
    ...more,
  }
}

/** Networks in memory. */
export function networkVerbs({ state, emit }: FakeWorld): Verbs {
  const networks = () => (state.networks ??= [fakeNetwork('podman'), fakeNetwork('back')])
  const find = (name: string) => {
    const found = networks().find((each) => each.name === name)
    if (!found) throw new EngineError('NetworkNotFound', `unable to find network with name or ID ${name}: network not found`)
    return found
  }
  const change = (id: string, change: (names: string[]) => string[]) => {
    state.containers = state.containers.map((each) =>
      each.Id === id || nameOf(each) === id ? { ...each, Networks: change(each.Networks ?? []) } : each,
    )
  }
  return {
    'network.list': async ({ filters = {} }) => {
      const used = new Set(state.containers.flatMap(({ Networks }) => Networks ?? []))
      return typeof filters === 'object' && 'dangling' in filters
        ? networks().filter(({ name }) => name !== 'podman' && !used.has(name))
        : networks()
    },
    'network.create': async ({ body }) => {
      const made = fakeNetwork(body.name ?? 'podman1', { driver: body.driver ?? 'bridge', internal: body.internal ?? false })
      state.networks = [...networks(), made]
      emit('network', 'create', made.id, made.name)
      return made
    },
    'network.remove': async ({ name }) => {
      const { id } = find(name)
      state.networks = networks().filter((each) => each.name !== name)
      emit('network', 'remove', id, name)
      return [{ Name: name, Err: null }]
    },
    'network.prune': async () => {
      const used = new Set(state.containers.flatMap(({ Networks }) => Networks ?? []))
      const gone = networks().filter(({ name }) => name !== 'podman' && !used.has(name))
      state.networks = networks().filter((each) => !gone.includes(each))
      return gone.map(({ name }) => ({ Name: name, Error: null }))
    },
    'network.connect': async ({ name, body }) => {
      find(name)
      change(body.container ?? '', (names) => [...names, name])
      emit('network', 'connect', name, name)
    },
    'network.disconnect': async ({ name, body }) => {
      change(body.container ?? '', (names) => names.filter((each) => each !== name))
      emit('network', 'disconnect', name, name)
    },
  }
}
