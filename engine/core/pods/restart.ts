import { parseInput } from '../../contract/index.ts'
import type { Verb } from '../verb.ts'
import { locatePod } from './members.ts'
import { podReport } from './each-member.ts'
import { start } from './start.ts'
import { stopMembers } from './stop.ts'

/** Stops what runs of a pod, and starts all of it. */
export const restart: Verb<'pod.restart'> = async (context, { name }, options) => {
  const found = await locatePod(context, name)
  const failures = await stopMembers(context, found)
  const report = await start(context, parseInput('pod.start', { name: found.pod.id }), options)
  return podReport(found.pod.id, [...failures, ...(report.Errs ?? [])])
}
