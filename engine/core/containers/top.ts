import { topTable } from '../top/top-table.ts'
import type { Verb } from '../verb.ts'
import { requirePermitted } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'

/** The processes of a running container: read from /proc, or by ps(1) where its arguments are asked for. */
export const top: Verb<'container.top'> = async (context, { name, ps_args = [] }, { signal }) => {
  const record = await locate(context, name)
  requirePermitted('top', record)
  return await topTable(context, record, ps_args, signal)
}
