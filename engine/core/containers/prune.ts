import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allContainers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { containerFilter } from '../filters/container.ts'
import { reconcileAll } from './reconcile.ts'
import { removeContainer } from './remove.ts'

/** Removes all containers that do not run and that the filters let through. What cannot be removed is reported, and the rest goes on. */
export async function prune(context: Context, { filters }: Parsed<'container.prune'>): Promise<Output<'container.prune'>> {
  const wanted = containerFilter(context, filters)
  await reconcileAll(context)
  const idle = allContainers(context.database).filter(
    (record) => ['created', 'exited', 'stopped'].includes(record.state.status) && !record.config.isInfra && wanted(record),
  )
  const layers = await context.layers()
  const reports: Output<'container.prune'> = []
  for (const { id, config } of idle) {
    try {
      const Size = config.rootfs === '' ? (await layers.snapshotUsage(id)).size : 0
      await removeContainer(context, id, { volumes: true })
      reports.push({ Id: id, Size })
    } catch (error) {
      reports.push({ Id: id, Size: 0, Err: EngineError.from(error).message })
    }
  }
  return reports
}
