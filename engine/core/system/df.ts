import { readdirSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import path from 'node:path'

import type { Output } from '../../contract/index.ts'
import { allVolumes, type ContainerRecord, volumeUsers } from '../../store/index.ts'
import { allImages, allImageNames, type ImageRecord } from '../../store/images.ts'
import { currentContainers, isLive } from '../containers/live.ts'
import { containerSize } from '../containers/size.ts'
import type { Context } from '../context.ts'
import { volumeData } from '../paths.ts'
import type { Verb } from '../verbs.ts'

type DiskUsage = Output<'system.df'>

/** Disk use of images (layers they share counted once in `ImagesSize`), of what containers wrote, and of volumes. Bytes. */
export const df: Verb<'system.df'> = async (context) => {
  const records = await currentContainers(context)
  const images = allImages(context.database)
  const sizes = await layerSizes(context, images)
  return {
    ImagesSize: totalSize(images, sizes),
    Images: imageRows(context, images, sizes, records),
    Containers: await Promise.all(records.map((record) => containerRow(context, record))),
    Volumes: await Promise.all(allVolumes(context.database).map(({ name }) => volumeRow(context, name, records))),
  }
}

/** Bytes of each layer's content, by chain id. */
async function layerSizes(context: Context, images: readonly ImageRecord[]): Promise<Map<string, number>> {
  const layers = await context.layers()
  const sizes = new Map<string, number>()
  for (const chainId of images.flatMap(({ facts }) => facts.chain)) {
    const id = chainId as Parameters<typeof layers.has>[0]
    if (!sizes.has(chainId)) sizes.set(chainId, layers.has(id) ? layers.record(id).size : 0)
  }
  return sizes
}

/** Layers once each, and what images have besides layers. */
function totalSize(images: readonly ImageRecord[], sizes: ReadonlyMap<string, number>): number {
  const layers = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const documents = images.map(
    ({ size, facts }) => size - facts.chain.reduce((sum, chainId) => sum + (sizes.get(chainId) ?? 0), 0),
  )
  return documents.reduce((sum, size) => sum + Math.max(0, size), layers)
}

function imageRows(
  context: Context,
  images: readonly ImageRecord[],
  sizes: ReadonlyMap<string, number>,
  records: readonly ContainerRecord[],
): DiskUsage['Images'] {
  const users = new Map<string, number>()
  for (const chainId of images.flatMap(({ facts }) => facts.chain)) users.set(chainId, (users.get(chainId) ?? 0) + 1)
  const names = Map.groupBy(allImageNames(context.database), ({ image }) => image)
  return images.map((image) => {
    const name = names.get(image.id)?.[0]?.name ?? ''
    const colon = name.lastIndexOf(':')
    const tagged = colon > name.lastIndexOf('/')
    const shared = image.facts.chain
      .filter((chainId) => (users.get(chainId) ?? 0) > 1)
      .reduce((sum, chainId) => sum + (sizes.get(chainId) ?? 0), 0)
    return {
      Repository: name === '' ? '<none>' : tagged ? name.slice(0, colon) : name,
      Tag: tagged ? name.slice(colon + 1) : '<none>',
      ImageID: image.id,
      Created: new Date(image.created * 1000).toISOString(),
      Size: image.size,
      SharedSize: shared,
      UniqueSize: Math.max(0, image.size - shared),
      Containers: records.filter(({ config }) => config.image?.id === image.id).length,
    }
  })
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
  const size = await folderSize(volumeData(context, name))
  const running = records.some((record) => users.has(record.id) && isLive(record))
  return { VolumeName: name, Links: users.size, Size: size, ReclaimableSize: users.size === 0 || !running ? size : 0 }
}

/** Bytes of all files below; what vanishes meanwhile counts as nothing. */
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
