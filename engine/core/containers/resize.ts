import { resize as resizeTerminal } from '../../adapters/conmon/index.ts'
import type { Parsed } from '../../contract/index.ts'
import type { Context } from '../context.ts'
import { containerPaths } from '../paths.ts'
import { requirePermitted } from './lifecycle/transitions.ts'
import { locate } from './records/locate.ts'

/** Sets the size of a container's terminal. */
export async function resize(context: Context, { name, h, w }: Parsed<'container.resize'>): Promise<void> {
  const record = await locate(context, name)
  requirePermitted('resize', record)
  resizeTerminal(containerPaths(context, record.id).bundle, h, w)
}
