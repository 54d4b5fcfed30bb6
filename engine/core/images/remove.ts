import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import {
  containersOfImage,
  deleteImage,
  deleteImageName,
  type ImageRecord,
  namesOfImage,
  storeReadOnly,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verbs.ts'
import { collect } from './collect.ts'
import { findImage, type FoundImage } from './find.ts'
import { dropMount } from './mount.ts'

type Report = Output<'image.remove'>

/** Removes an image, or, when it has several names, the one it was named by. */
export const remove: Verb<'image.remove'> = async (context, { name, force }) => {
  const report = await removeImage(context, name, force)
  await collect(context)
  return report
}

/**
 * As `image.remove`, leaving layers and blobs to {@link collect}.
 * @param force takes an image named by its id with all its names, and removes the containers that use it.
 * @throws ImageNotFound, ImageInUse
 */
export async function removeImage(context: Context, nameOrId: string, force: boolean): Promise<Report> {
  // A container made between looking and removing is seen in the transaction, so that is where it counts.
  for (;;) {
    const { database } = context
    const outcome = await database.transaction(() => removeOnce(context, findImage(database, nameOrId), force))
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

function removeOnce(context: Context, { record, name }: FoundImage, force: boolean): Outcome {
  const { database } = context
  if (record.facts.store !== undefined) throw storeReadOnly(record.id)
  const names = namesOfImage(database, record.id).map((each) => each.name)
  const report: Report = { Untagged: [], Deleted: [], Errors: [], ExitCode: 0 }
  if (name !== undefined && names.length > 1) {
    deleteImageName(database, name)
    report.Untagged.push(name)
    return { record, report }
  }
  if (name === undefined && names.length > 1 && !force) {
    throw new EngineError(
      'ImageInUse',
      `unable to delete image "${record.id}" by ID with more than one tag ([${names.join(' ')}]): please force removal`,
      { details: { id: record.id, names } },
    )
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

async function removeContainers(context: Context, ids: readonly string[]): Promise<void> {
  const { parseInput } = await import('../../contract/index.ts')
  const { verbs } = await import('../verbs.ts')
  const removeContainer = await verbs['container.remove']()
  for (const name of ids) {
    await removeContainer(context, parseInput('container.remove', { name, force: true, ignore: true }), {})
  }
}
