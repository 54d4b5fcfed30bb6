import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { dependencies, type ContainerRecord } from '../../store/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { stop as stopContainer } from '../containers/stop.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { inStartOrder, locatePod, type PodWithMembers } from './members.ts'

/** Stops all containers of a pod, each after those that need it, the infra container last. */
export const stop: Verb<'pod.stop'> = async (context, { name, t }) => {
  const found = await locatePod(context, name)
  if (!found.members.some(isLive))
    throw new EngineError('PodAlreadyStopped', `Pod ${found.pod.name} does not run.`, { details: { pod: found.pod.id } })
  const failures = await stopMembers(context, found, t)
  podEvent(context, found.pod, 'stop')
  return podReport(found.pod.id, failures, name)
}

/** {@link stop} without checking whether there is anything to stop; returns what failed. */
export async function stopMembers(context: Context, { members }: PodWithMembers, timeout?: number): Promise<string[]> {
  const failures: string[] = []
  for (const together of inStopOrder(context, members.filter(isLive))) {
    const stopOne = ({ id }: { id: string }) => stopContainer(context, parseInput('container.stop', { name: id, timeout }), {})
    failures.push(...(await forEachMember(together, stopOne, { passed: ['ContainerAlreadyStopped', 'ContainerNotFound'] })))
  }
  return failures
}

/** Groups that stop one after another, the containers of each at the same time. */
function inStopOrder(context: Context, live: readonly ContainerRecord[]): ContainerRecord[][] {
  const depth = new Map<string, number>()
  for (const { id, config } of inStartOrder(context, live)) {
    const below = dependencies(context.database, id).map((needed) => depth.get(needed) ?? 0)
    depth.set(id, config.isInfra ? 0 : 1 + Math.max(0, ...below))
  }
  const groups = Map.groupBy(live, ({ id }) => depth.get(id) ?? 1)
  return [...groups.entries()].toSorted(([one], [other]) => other - one).map(([, records]) => records)
}
