import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allPods } from '../../store/index.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { membersOf } from './members.ts'
import { remove } from './remove.ts'
import { stateOf } from './state.ts'

/** Removes all pods whose containers have ended; one that cannot be removed is reported and does not keep the others. */
export const prune: Verb<'pod.prune'> = async (context, _input, options) => {
  const reports: { Id: string; Err: string | null }[] = []
  for (const pod of allPods(context.database, warnOfDamage(context))) {
    try {
      const state = stateOf(await membersOf(context, pod))
      if (state !== 'Exited') continue
      await remove(context, parseInput('pod.remove', { name: pod.id }), options)
      reports.push({ Id: pod.id, Err: null })
    } catch (error) {
      reports.push({ Id: pod.id, Err: EngineError.from(error).message })
    }
  }
  return reports
}
