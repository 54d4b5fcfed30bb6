import { constants, openSync } from 'node:fs'

import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { snapshotOf } from '../records/snapshot.ts'

/**
 * The root folder of a container, whose lock must be held. A mount that is used through it lasts until it is closed, even if it is
 * unmounted: a process that is killed leaves none, which a start would take for its own. The caller closes it.
 */
export async function openRootfs(
  context: Context,
  record: Pick<ContainerRecord, 'id' | 'config'>,
  { readonly }: { readonly: boolean },
): Promise<number> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY
  if (record.config.rootfs !== '') return openSync(record.config.rootfs, flags)
  const layers = await context.layers()
  const snapshot = snapshotOf(record)
  const wasMounted = layers.isMounted(snapshot)
  const root = layers.mountSnapshot(snapshot, { readonly })
  try {
    return openSync(root, flags)
  } finally {
    if (!wasMounted) layers.unmountSnapshotSync(snapshot)
  }
}
