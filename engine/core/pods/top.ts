import { EngineError } from '../../errors/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { chooseColumns } from '../top/columns.ts'
import { processTable } from '../top/table.ts'
import type { Verb } from '../verb.ts'
import { locatePod } from './members.ts'

/** The processes of all running containers of a pod in one table. */
export const top: Verb<'pod.top'> = async (context, { name, ps_args = [] }) => {
  const columns = chooseColumns(ps_args)
  const { pod, members } = await locatePod(context, name)
  const live = members.filter(isLive)
  if (live.length === 0)
    throw new EngineError(
      'PodStateInvalid',
      `pod top can only be used on pods with at least one running container: none of pod ${pod.name} runs.`,
      { details: { pod: pod.id } },
    )
  const tables = live.map((record) => processTable(context, record, columns))
  return { Titles: columns.map(({ title }) => title), Processes: tables.flatMap(({ Processes }) => Processes) }
}
