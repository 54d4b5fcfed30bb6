import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { stop as stopContainer } from '../containers/stop.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { locatePod, type PodWithMembers } from './members.ts'

/** Stops all containers of a pod, those that need the infra container before it. */
export const stop: Verb<'pod.stop'> = async (context, { name, t }) => {
  const found = await locatePod(context, name)
  if (!found.members.some(isLive))
    throw new EngineError('PodAlreadyStopped', `Pod ${found.pod.name} does not run.`, { details: { pod: found.pod.id } })
  const failures = await stopMembers(context, found, t)
  podEvent(context, found.pod, 'stop')
  return podReport(found.pod.id, failures)
}

/** {@link stop} without checking whether there is anything to stop; returns what failed. */
export async function stopMembers(context: Context, { members }: PodWithMembers, timeout?: number): Promise<string[]> {
  const live = members.filter(isLive)
  const stopOne = ({ id }: { id: string }) => stopContainer(context, parseInput('container.stop', { name: id, timeout }), {})
  const passed = ['ContainerAlreadyStopped', 'ContainerNotFound'] as const
  const failures = await forEachMember(
    live.filter(({ config }) => !config.isInfra),
    stopOne,
    { passed },
  )
  return [
    ...failures,
    ...(await forEachMember(
      live.filter(({ config }) => config.isInfra),
      stopOne,
      { passed },
    )),
  ]
}
