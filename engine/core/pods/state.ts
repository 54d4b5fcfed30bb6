import type { ContainerState, PodState } from '../../contract/index.ts'

/** A pod's state is made of its containers': the one they all have, else `Degraded`. */
export function podState(states: readonly ContainerState[]): PodState {
  const kinds = new Set(states.map(kindOf))
  const [only] = kinds
  if (only === undefined) return 'Created'
  return kinds.size === 1 ? only : 'Degraded'
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
