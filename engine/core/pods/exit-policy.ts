import { parseInput } from '../../contract/index.ts'
import { podById } from '../../store/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { stop as stopContainer } from '../containers/stop.ts'
import type { Context } from '../context.ts'
import { membersOf } from './members.ts'

/**
 * Applies a pod's exit policy after one of its containers exited: with `stop` the infra container is stopped once no other runs.
 * The caller holds no lock. A removed pod is success.
 */
export async function followExitPolicy(context: Context, podId: string): Promise<void> {
  const pod = podById(context.database, podId)
  if (!pod || pod.config.exitPolicy !== 'stop' || pod.config.infraId === '') return
  const members = await membersOf(context, pod)
  const infra = members.find(({ id }) => id === pod.config.infraId)
  if (!infra || !isLive(infra) || members.some((record) => record !== infra && isLive(record))) return
  await stopContainer(context, parseInput('container.stop', { name: infra.id, ignore: true }), {})
}
