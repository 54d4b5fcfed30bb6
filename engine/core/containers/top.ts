import { EngineError } from '../../errors/index.ts'
import { chooseColumns } from '../top/columns.ts'
import { processTable } from '../top/table.ts'
import type { Verb } from '../verbs.ts'
import { isLive } from './live.ts'
import { locate } from './locate.ts'

/** The processes of a running container, read from /proc. */
export const top: Verb<'container.top'> = async (context, { name, ps_args = [] }) => {
  const columns = chooseColumns(ps_args)
  const record = await locate(context, name)
  if (!isLive(record)) {
    throw new EngineError(
      'ContainerStateInvalid',
      `top can only be used on running containers: container ${record.name} is ${record.state.status}.`,
      { details: { container: record.id, state: record.state.status } },
    )
  }
  return processTable(context, record, columns)
}
