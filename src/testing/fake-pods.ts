import type { ContainerState, Engine, PodInspect, PodState, PodSummary } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import { fakePod } from './fake-data.ts'
import type { FakeWorld } from './fake-world.ts'

/** The pod operations of the fake. */
export function podVerbs({ state, emit }: FakeWorld): Partial<Engine> {
  const find = (name: string) => {
    const found = state.pods.find((each) => each.Id === name || each.Name === name)
    if (!found) throw new EngineError('PodNotFound', `There is no pod ${name}.`)
    return found
  }
  const to =
    (status: PodState, containers: ContainerState, action: string) =>
    async ({ name }: { name: string }) => {
      const pod = find(name)
      state.pods = state.pods.map((each) => (each === pod ? { ...each, Status: status } : each))
      state.containers = state.containers.map((each) => (each.Pod === pod.Id ? { ...each, State: containers } : each))
      emit('pod', action, pod.Id, pod.Name)
      return { Id: pod.Id }
    }
  return {
    'pod.list': async () => state.pods,
    'pod.create': async ({ body }) => {
      const name = body.name ?? 'pod'
      if (state.pods.some((each) => each.Name === name))
        throw new EngineError('PodExists', `The name ${name} is taken by another pod; choose another name.`)
      const made = fakePod(name, [], { Status: 'Created' })
      state.pods = [...state.pods, made]
      emit('pod', 'create', made.Id, name)
      return { Id: made.Id }
    },
    'pod.clone': async ({ name, start, body }) => {
      const made = fakePod(body.name ?? `${find(name).Name}-clone`, [], { Status: start ? 'Running' : 'Created' })
      state.pods = [...state.pods, made]
      emit('pod', 'create', made.Id, made.Name)
      return { Id: made.Id, Warnings: [] }
    },
    'pod.inspect': async ({ name }) => inspectOf(find(name)),
    'pod.start': to('Running', 'running', 'start'),
    'pod.stop': to('Exited', 'exited', 'stop'),
    'pod.restart': to('Running', 'running', 'restart'),
    'pod.pause': to('Paused', 'paused', 'pause'),
    'pod.unpause': to('Running', 'running', 'unpause'),
    'pod.kill': to('Exited', 'exited', 'kill'),
    'pod.remove': async ({ name }) => {
      const pod = find(name)
      state.pods = state.pods.filter((each) => each !== pod)
      state.containers = state.containers.filter((each) => each.Pod !== pod.Id)
      emit('pod', 'remove', pod.Id, pod.Name)
      return { Id: pod.Id }
    },
  }
}

function inspectOf({ Id, Name, Created, Status, Labels, InfraId, Containers }: PodSummary): PodInspect {
  return {
    Id,
    Name,
    Created,
    State: Status,
    ExitPolicy: 'continue',
    Hostname: '',
    Labels,
    CreateCgroup: true,
    CgroupParent: '/berth/system',
    CgroupPath: `/berth/system/pod-${Id}`,
    CreateInfra: true,
    InfraContainerID: InfraId,
    InfraConfig: { PortBindings: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] }, HostNetwork: false },
    SharedNamespaces: ['ipc', 'net', 'uts'],
    NumContainers: Containers.length,
    Containers: Containers.map((each) => ({ Id: each.Id, Name: each.Names, State: each.Status })),
    RestartPolicy: 'always',
    cpu_quota: 150_000,
    cpu_period: 100_000,
    memory_limit: 512 * 1024 ** 2,
  }
}
