import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allContainers } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { containerFilter } from '../filters/container.ts'
import { reconcileAll } from './lifecycle/reconcile.ts'
import { waitsForRestart } from './lifecycle/restart-wait.ts'
import { permits } from './lifecycle/transitions.ts'
import { snapshotOf } from './records/snapshot.ts'
import { removeContainer } from './remove.ts'

/**
 * Removes all containers that do not run, nor wait for their restart, and that the filters let through. What cannot be removed is reported; the rest is removed.
 */
export async function prune(context: Context, { filters }: Parsed<'container.prune'>): Promise<Output<'container.prune'>> {
  const wanted = await containerFilter(context, filters)
  await reconcileAll(context)
  const idle = allContainers(context.database, warnOfDamage(context)).filter(
    (record) =>
      permits('prune', record.state.status) && !waitsForRestart(record) && !record.config.isInfra && wanted(record),
  )
  const layers = await context.layers()
  const reports: Output<'container.prune'> = []
  for (const record of idle) {
    const { id, config } = record
    try {
      const Size = config.rootfs === '' ? (await layers.snapshotUsage(snapshotOf(record))).size : 0
      await removeContainer(context, id, { volumes: true })
      reports.push({ Id: id, Size })
    } catch (error) {
      reports.push({ Id: id, Size: 0, Err: EngineError.from(error).message })
    }
  }
  return reports
}
