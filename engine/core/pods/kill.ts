import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { kill as killContainer } from '../containers/kill.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { signalNumber } from '../../spec/signal.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { locatePod } from './members.ts'

/** Sends a signal to the first process of each container. */
export const kill: Verb<'pod.kill'> = async (context, { name, signal }) => {
  signalNumber(signal)
  const { pod, members } = await locatePod(context, name)
  const live = members.filter(isLive)
  if (live.length === 0)
    throw new EngineError('PodStateInvalid', `cannot kill a pod with no running containers: ${pod.id}`, {
      details: { pod: pod.id },
    })
  const failures = await forEachMember(
    live,
    ({ id }) => killContainer(context, parseInput('container.kill', { name: id, signal })),
    { passed: ['ContainerStateInvalid'] },
  )
  podEvent(context, pod, 'kill')
  return podReport(pod.id, failures)
}
