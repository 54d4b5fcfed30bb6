import { parseInput } from '../../contract/index.ts'
import { permits } from '../containers/lifecycle/transitions.ts'
import { unpause as unpauseContainer } from '../containers/unpause.ts'
import type { Verb } from '../verb.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { locatePod } from './members.ts'

/** Resumes all paused containers of a pod. */
export const unpause: Verb<'pod.unpause'> = async (context, { name }) => {
  const { pod, members } = await locatePod(context, name)
  const paused = members.filter(({ state }) => permits('unpause', state.status))
  const failures = await forEachMember(paused, ({ id }) =>
    unpauseContainer(context, parseInput('container.unpause', { name: id })),
  )
  podEvent(context, pod, 'unpause')
  return podReport(pod.id, failures)
}
