import { chooseColumns } from '../top/columns.ts'
import { processTable } from '../top/table.ts'
import type { Verb } from '../verb.ts'
import { requirePermitted } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'

/** The processes of a running container, read from /proc. */
export const top: Verb<'container.top'> = async (context, { name, ps_args = [] }) => {
  const columns = chooseColumns(ps_args)
  const record = await locate(context, name)
  requirePermitted('top', record)
  return processTable(context, record, columns)
}
