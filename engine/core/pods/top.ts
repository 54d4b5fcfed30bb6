import { EngineError } from '../../errors/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { topTable } from '../top/top-table.ts'
import type { Verb } from '../verb.ts'
import { locatePod } from './members.ts'

/** The processes of all running containers of a pod in one table. */
export const top: Verb<'pod.top'> = async (context, { name, ps_args = [] }, { signal }) => {
  const { pod, members } = await locatePod(context, name)
  const live = members.filter(isLive)
  if (live.length === 0)
    throw new EngineError(
      'PodStateInvalid',
      `pod top can only be used on pods with at least one running container: none of pod ${pod.name} runs.`,
      { details: { pod: pod.id } },
    )
  const tables = await Promise.all(live.map((record) => topTable(context, record, ps_args, signal)))
  const lines = tables.flatMap(({ Lines = [] }, index) => (index === 0 ? Lines : Lines.slice(1)))
  return {
    Titles: tables[0]?.Titles ?? [],
    Processes: tables.flatMap(({ Processes }) => Processes),
    ...(lines.length > 0 ? { Lines: lines } : {}),
  }
}
