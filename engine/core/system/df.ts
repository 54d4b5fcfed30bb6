import { readdirSync, statfsSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import path from 'node:path'

import type { Output } from '../../contract/index.ts'
import { splitStoredName } from '../../image/index.ts'
import { mapSome } from '../../lib/async/map-some.ts'
import { volumeData } from '../../storage/volumes/layout.ts'
import { allVolumes, type ContainerRecord, type ImageRecord, volumeUsers } from '../../store/index.ts'
import { isLive } from '../containers/lifecycle/transitions.ts'
import { currentContainers } from '../containers/records/live.ts'
import { containerSize } from '../containers/records/size.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { currentImages, type ImageSet } from '../images/resolve/current.ts'
import type { Verb } from '../verb.ts'

type DiskUsage = Output<'system.df'>

/** Folders that are measured at a time: the others' requests need threads too. */
const together = 2

/**
 * Disk use of images (layers they share counted once in `ImagesSize`, and `ImagesReclaimable` is what the removal of all unused
 * images frees), of what containers wrote, and of volumes. Bytes.
 */
export const df: Verb<'system.df'> = async (context, _input, { signal }) => {
  const records = await currentContainers(context)
  const set = await currentImages(context)
  const users = Map.groupBy(records, ({ config }) => config.image?.id ?? '')
  const total = sizeTogether(set, set.records)
  const used = sizeTogether(
    set,
    // Shared layers are counted with the other images.
    set.records.filter(({ id, facts }) => users.has(id) || facts.store !== undefined),
  )
  return {
    ImagesSize: total,
    ImagesReclaimable: total - used,
    FileSystem: fileSystem(context.root),
    // In the order in which they came.
    Images: set.records
      .toSorted((a, b) => (a.added < b.added ? -1 : 1))
      .flatMap((image) => imageRows(set, image, users.get(image.id)?.length ?? 0)),
    Containers: await mapSome(records, together, (record) => containerRow(context, record), signal),
    Volumes: await mapSome(
      allVolumes(context.database, warnOfDamage(context)),
      together,
      ({ name }) => volumeRow(context, name, records),
      signal,
    ),
  }
}

function fileSystem(folder: string): NonNullable<DiskUsage['FileSystem']> {
  const { blocks, bfree, bavail, bsize } = statfsSync(folder)
  return { Size: blocks * bsize, Used: (blocks - bfree) * bsize, Available: bavail * bsize }
}

/** Bytes of images, with each layer counted once. */
function sizeTogether(set: ImageSet, images: readonly ImageRecord[]): number {
  const layers = new Set(images.flatMap(({ facts }) => facts.chain))
  const content = [...layers].reduce((sum, chainId) => sum + set.layerSize(chainId), 0)
  return images.reduce((sum, image) => sum + Math.max(0, documentsSize(set, image)), content)
}

/** What an image has besides layers. */
function documentsSize(set: ImageSet, { size, facts }: ImageRecord): number {
  return size - facts.chain.reduce((sum, chainId) => sum + set.layerSize(chainId), 0)
}

/** A row for each name, as podman has it. */
function imageRows(set: ImageSet, image: ImageRecord, containers: number): NonNullable<DiskUsage['Images']> {
  const names = set.names(image.id).map(({ name }) => splitStoredName(name))
  const shared = set.sharedSize(image)
  return (names.length > 0 ? names : [{ repository: '<none>' }]).map(
    ({ repository, tag }: { repository: string; tag?: string }) => ({
      Repository: repository,
      Tag: tag ?? '<none>',
      ImageID: image.id,
      Created: new Date(image.created * 1000).toISOString().replace('.000', ''),
      Size: image.size,
      SharedSize: shared,
      UniqueSize: Math.max(0, image.size - shared),
      Containers: containers,
    }),
  )
}

async function containerRow(context: Context, record: ContainerRecord): Promise<NonNullable<DiskUsage['Containers']>[number]> {
  const { rootFsSize, rwSize } = await containerSize(context, record)
  return {
    ContainerID: record.id,
    Image: record.config.image?.id ?? '',
    Command: record.config.command,
    LocalVolumes: record.config.mounts.filter(({ kind }) => kind === 'volume').length,
    Size: rootFsSize,
    RWSize: rwSize,
    Created: record.created,
    Status: record.state.status,
    Names: record.name,
  }
}

async function volumeRow(
  context: Context,
  name: string,
  records: readonly ContainerRecord[],
): Promise<NonNullable<DiskUsage['Volumes']>[number]> {
  const users = new Set(volumeUsers(context.database, name))
  const size = await folderSize(volumeData(context.root, name))
  const running = records.some((record) => users.has(record.id) && isLive(record))
  return { VolumeName: name, Links: users.size, Size: size, ReclaimableSize: users.size === 0 || !running ? size : 0 }
}

/** Bytes of all files below; files removed meanwhile are not counted. */
async function folderSize(folder: string): Promise<number> {
  let total = 0
  const waiting = [folder]
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const parent = current
    for (const entry of entriesOf(parent)) {
      const place = path.join(parent, entry.name)
      if (entry.isDirectory()) waiting.push(place)
      else
        total += await lstat(place).then(
          ({ size }) => size,
          () => 0,
        )
    }
  }
  return total
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
