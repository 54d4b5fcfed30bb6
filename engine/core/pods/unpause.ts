import { parseInput } from '../../contract/index.ts'
import { unpause as unpauseContainer } from '../containers/unpause.ts'
import type { Verb } from '../verbs.ts'
import { forEachMember, podReport } from './each-member.ts'
import { podEvent } from './event.ts'
import { locatePod } from './members.ts'

/** Lets all paused containers of a pod go on. */
export const unpause: Verb<'pod.unpause'> = async (context, { name }) => {
  const { pod, members } = await locatePod(context, name)
  const paused = members.filter(({ state }) => state.status === 'paused')
  const failures = await forEachMember(paused, ({ id }) =>
    unpauseContainer(context, parseInput('container.unpause', { name: id })),
  )
  podEvent(context, pod, 'unpause')
  return podReport(pod.id, failures)
}
