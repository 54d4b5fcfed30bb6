import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { snapshotOf } from './snapshot.ts'

/** A container's size: what it wrote itself, and its whole root file system with the image. Bytes. */
export async function containerSize(context: Context, record: ContainerRecord): Promise<{ rootFsSize: number; rwSize: number }> {
  if (record.config.rootfs !== '') return { rootFsSize: 0, rwSize: 0 }
  const { imageById } = await import('../../../store/images.ts')
  const { size: rwSize } = await (await context.layers()).snapshotUsage(snapshotOf(record))
  const image = record.config.image === null ? undefined : imageById(context.database, record.config.image.id)
  return { rootFsSize: rwSize + (image?.size ?? 0), rwSize }
}
