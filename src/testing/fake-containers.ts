import type { ContainerSpec, ContainerState, ContainerSummary, Engine } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { changeVerbs } from './fake-changes.ts'
import { fakeContainer } from './fake-data.ts'
import { fakeInspect } from './fake-inspect.ts'
import { recordedUse } from './fake-stats.ts'
import type { FakeWorld } from './fake-world.ts'

type Verbs = Partial<Engine>

/** The container operations of the fake. */
export function containerVerbs(world: FakeWorld): Verbs {
  const { state, emit } = world
  const find = (name: string) => findContainer(world, name)
  const change = (name: string, changes: Partial<ContainerSummary>, action: string) => {
    const old = find(name)
    state.containers = state.containers.map((each) => (each === old ? { ...each, ...changes } : each))
    emit('container', action, old.Id, old.Names[0]!)
  }
  const to =
    (next: ContainerState, action: string, extra: () => Partial<ContainerSummary> = () => ({})) =>
    async ({ name }: { name: string }) =>
      change(name, { State: next, ...extra() }, action)
  const seconds = () => Math.floor(Date.now() / 1000)
  return {
    'container.list': async () => state.containers,
    'container.inspect': async ({ name }) => fakeInspect(find(name)),
    'container.start': to('running', 'start', () => ({ StartedAt: seconds(), Exited: false })),
    'container.stop': to('exited', 'died', () => ({ Exited: true, ExitedAt: seconds(), ExitCode: 0 })),
    'container.restart': to('running', 'restart', () => ({ StartedAt: seconds(), Exited: false })),
    'container.kill': to('exited', 'kill', () => ({ Exited: true, ExitedAt: seconds(), ExitCode: 137 })),
    'container.pause': to('paused', 'pause'),
    'container.unpause': to('running', 'unpause'),
    'container.rename': async ({ container, name }) => change(container, { Names: [name] }, 'rename'),
    'container.remove': async ({ name }) => {
      const old = find(name)
      state.containers = state.containers.filter((each) => each !== old)
      emit('container', 'remove', old.Id, old.Names[0]!)
      return [{ Id: old.Id }]
    },
    'container.checkpoint': async ({ name, leaveRunning }) => {
      if (!leaveRunning) change(name, { State: 'exited', Exited: true, ExitedAt: seconds(), Checkpointed: true }, 'checkpoint')
      return { Id: find(name).Id }
    },
    'container.restore': async ({ container: name }) => {
      change(name, { State: 'running', StartedAt: seconds(), Exited: false, Checkpointed: false }, 'restore')
      return { Id: find(name).Id }
    },
    'container.restoreImport': async ({ name: newName, privileged, body }) => {
      for await (const _ of body) continue
      if (privileged) return create(world, { name: newName ?? 'imported' })
      const asks = ["the host's /etc, mounted", 'the capability CAP_SYS_ADMIN']
      throw new EngineError('CheckpointPrivileged', `The checkpoint asks for ${asks.join('; ')}.`, { details: { asks } })
    },
    ...changeVerbs(world, find, change),
    'container.create': async ({ body }) => create(world, body),
    'container.usage': async ({ name, seconds: wanted = 900 }) =>
      recordedUse(world, findContainer(world, name).Id, Number(wanted)),
  }
}

function create({ state, emit }: FakeWorld, body: ContainerSpec): { Id: string; Warnings: string[] } {
  const name = body.name ?? `container-${state.containers.length + 1}`
  if (state.containers.some((each) => each.Names.includes(name))) {
    throw new EngineError(
      'ContainerExists',
      `The name ${name} is taken by another container; choose another name, or remove that container.`,
    )
  }
  const pod = state.pods.find((each) => each.Name === body.pod || each.Id === body.pod)
  const made = fakeContainer(name, {
    Image: body.image ?? '',
    Command: body.command ?? null,
    State: 'created',
    Pod: pod?.Id ?? '',
    PodName: pod?.Name ?? '',
    Ports: body.portmappings ?? null,
    StartedAt: -62_135_596_800,
  })
  state.containers = [...state.containers, made]
  emit('container', 'create', made.Id, name)
  return { Id: made.Id, Warnings: [] }
}

/** The container with this name or id. */
export function findContainer({ state }: FakeWorld, name: string): ContainerSummary {
  const found = state.containers.find((each) => each.Id === name || each.Names.includes(name))
  if (!found) throw new EngineError('ContainerNotFound', `There is no container ${name}.`)
  return found
}
