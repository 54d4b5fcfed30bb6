import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { permits } from '../containers/lifecycle/transitions.ts'
import { start as startContainer } from '../containers/start.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { inStartOrder, locatePod } from './members.ts'
import { podState } from './state.ts'

/**
 * Starts all containers of a pod, each after those it needs. If the infra container, which holds the pod's network, cannot start,
 * the call fails; failures of others are reported.
 */
export const start: Verb<'pod.start'> = async (context, { name }, options) => {
  const { pod, members } = await locatePod(context, name)
  if (podState(members.map(({ state }) => state.status)) === 'Running') {
    throw new EngineError('PodAlreadyStarted', `Pod ${pod.name} runs already.`, { details: { pod: pod.id } })
  }
  const startOne = (id: string) => startContainer(context, parseInput('container.start', { name: id }), options)
  const ordered = inStartOrder(context, members).filter(
    ({ state }) => !permits('pause', state.status) && !permits('unpause', state.status),
  )
  const infra = ordered.find(({ config }) => config.isInfra)
  if (infra) await startOne(infra.id)
  const failures = await forEachMember(
    ordered.filter((record) => record !== infra),
    ({ id }) => startOne(id),
    { inOrder: true, passed: ['ContainerAlreadyStarted'] },
  )
  podEvent(context, pod, 'start')
  return podReport(pod.id, failures)
}
