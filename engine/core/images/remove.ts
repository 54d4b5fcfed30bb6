import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import {
  containersOfImage,
  type Database,
  deleteImage,
  deleteImageName,
  type ImageRecord,
  namesOfImage,
  storeReadOnly,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { collect } from './store/collect.ts'
import { currentImages, type ImageSet } from './resolve/current.ts'
import { findImage, type FoundImage } from './resolve/find.ts'
import { dropMount } from './mount.ts'

type Report = Output<'image.remove'>

/** Removes an image, or, when it has several names, the one it was named by. Also removes its parents that nothing else needs. */
export const remove: Verb<'image.remove'> = async (context, { name, force, noprune }) => {
  const report = await removeWithParents(context, name, { force, keepParents: noprune })
  await collect(context)
  return report
}

interface Options {
  /** Also removes an image with several names that is given by its id, and the containers that use it. */
  force?: boolean
  /** Removes it with all its names, unless a container uses it. */
  whole?: boolean
  /** Keeps it if it has a name by now. */
  unnamed?: boolean
}

/** As {@link removeImage}, with parents that then have no name, no child and no container. @throws ImageNotFound, ImageInUse */
export async function removeWithParents(
  context: Context,
  nameOrId: string,
  { keepParents = false, ...options }: Options & { keepParents?: boolean },
): Promise<Report> {
  // What it was made from is known only while it is here; mostly there are no images without names.
  const { record } = findImage(context.database, nameOrId)
  const set = keepParents || !hasUnnamedImages(context.database, record.id) ? undefined : await currentImages(context)
  const report = await removeImage(context, nameOrId, options)
  if (!set || !report.Deleted.includes(record.id)) return report
  const gone = new Set([record.id])
  for (let next = danglingParent(set, record.id, gone); next; next = danglingParent(set, next.id, gone)) {
    try {
      report.Deleted.push(...(await removeImage(context, next.id, { unnamed: true })).Deleted)
    } catch (error) {
      if (!EngineError.is(error, 'ImageInUse', 'ImageNotFound')) throw error
      break
    }
    gone.add(next.id)
  }
  return report
}

/** What an image was made from, if nothing but images that are `gone` needs it. */
export function danglingParent(set: ImageSet, id: string, gone: ReadonlySet<string>): ImageRecord | undefined {
  const parent = set.parent(id)
  const record = parent === undefined ? undefined : set.records.find((each) => each.id === parent)
  if (!record || record.facts.store !== undefined || set.names(record.id).length > 0) return undefined
  if (set.candidate(record).containers > 0 || !set.children(record.id).every((child) => gone.has(child))) return undefined
  return record
}

/**
 * As `image.remove`, leaving parents alone, and layers and blobs to {@link collect}.
 * @throws ImageNotFound, ImageInUse
 */
export async function removeImage(context: Context, nameOrId: string, options: Options = {}): Promise<Report> {
  // A container may be created meanwhile: it is checked in the transaction.
  for (;;) {
    const { database } = context
    const outcome = await database.transaction(() => removeOnce(context, findImage(database, nameOrId), options))
    if ('report' in outcome) {
      const { record, report } = outcome
      for (const name of report.Untagged) context.emit({ type: 'image', status: 'untag', id: record.id, name })
      if (report.Deleted.length > 0) await dropMount(context, record.id)
      if (report.Deleted.length > 0) context.emit({ type: 'image', status: 'remove', id: record.id, name: record.id })
      return report
    }
    await removeContainers(context, outcome.containers)
  }
}

type Outcome = { record: ImageRecord; report: Report } | { containers: string[] }

function removeOnce(context: Context, { record, name, byDigest }: FoundImage, { force, whole, unnamed }: Options): Outcome {
  const { database } = context
  if (record.facts.store !== undefined) throw storeReadOnly(record.id)
  const names = namesOfImage(database, record.id).map((each) => each.name)
  const report: Report = { Untagged: [], Deleted: [], Errors: [], ExitCode: 0 }
  if (unnamed && names.length > 0) return { record, report }
  // A digest does not say which of its names is meant.
  if (names.length > 1 && (byDigest || (name === undefined && !force && !whole))) throw severalNames(record.id, names, byDigest)
  if (name !== undefined && names.length > 1) {
    deleteImageName(database, name)
    report.Untagged.push(name)
    return { record, report }
  }
  const containers = containersOfImage(database, record.id).map(({ id }) => id)
  if (containers.length > 0 && !force) {
    throw new EngineError(
      'ImageInUse',
      `image used by ${containers[0]}: image is in use by a container: consider listing external containers and force-removing image`,
      { details: { id: record.id, containers } },
    )
  }
  if (containers.length > 0) return { containers }
  deleteImage(database, record.id)
  report.Untagged.push(...names)
  report.Deleted.push(record.id)
  return { record, report }
}

function severalNames(id: string, names: string[], byDigest = false): EngineError {
  const [by, way] = byDigest ? ['its digest', 'give one of the names'] : ['ID', 'please force removal']
  return new EngineError(
    'ImageInUse',
    `unable to delete image "${id}" by ${by} with more than one tag ([${names.join(' ')}]): ${way}`,
    {
      details: { id, names },
    },
  )
}

function hasUnnamedImages(database: Database, except: string): boolean {
  return (
    database.get('SELECT 1 FROM images WHERE id <> ? AND id NOT IN (SELECT image FROM image_names) LIMIT 1', except) !== undefined
  )
}

async function removeContainers(context: Context, ids: readonly string[]): Promise<void> {
  const { removeContainer } = await import('../containers/remove.ts')
  for (const id of ids) await removeContainer(context, id, { force: true, ignore: true })
}
