import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { permits } from '../containers/lifecycle/transitions.ts'
import { pause as pauseContainer } from '../containers/pause.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { locatePod } from './members.ts'

/** Freezes the processes of all running containers; those that are frozen already stay so. */
export const pause: Verb<'pod.pause'> = async (context, { name }) => {
  const { pod, members } = await locatePod(context, name)
  const running = members.filter(({ state }) => permits('pause', state.status))
  if (running.length === 0 && !members.some(({ state }) => permits('unpause', state.status))) {
    throw new EngineError(
      'PodStateInvalid',
      `Pod ${pod.name} cannot be paused, since none of its containers runs; start it first.`,
      { details: { pod: pod.id } },
    )
  }
  const failures = await forEachMember(running, ({ id }) => pauseContainer(context, parseInput('container.pause', { name: id })))
  podEvent(context, pod, 'pause')
  return podReport(pod.id, failures)
}
