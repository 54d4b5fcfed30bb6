import type { ContainerState, PodState } from '../../contract/index.ts'
import type { ContainerRecord } from '../../store/index.ts'

/** Whether a container runs to its end before the others of its pod start. */
export function isInitContainer({ config }: Pick<ContainerRecord, 'config'>): boolean {
  return Boolean(config.spec.init_container_type)
}

/** A pod's state by its containers; init containers, which end, do not count. */
export function stateOf(members: readonly ContainerRecord[]): PodState {
  return podState(members.filter((member) => !isInitContainer(member)).map(({ state }) => state.status))
}

/** A pod's state is made of its containers': the one they all have; `Stopped` when some ended and none runs, else `Degraded`. */
export function podState(states: readonly ContainerState[]): PodState {
  const kinds = new Set(states.map(kindOf))
  const [only] = kinds
  if (only === undefined) return 'Created'
  if (kinds.size === 1) return only
  return kinds.has('Exited') && !kinds.has('Running') ? 'Stopped' : 'Degraded'
}

function kindOf(state: ContainerState): PodState {
  switch (state) {
    case 'running':
      return 'Running'
    case 'paused':
      return 'Paused'
    case 'exited':
    case 'stopped':
      return 'Exited'
    case 'created':
    case 'configured':
    case 'initialized':
      return 'Created'
    case 'stopping':
    case 'removing':
      return 'Stopping'
    default:
      return 'Error'
  }
}
