import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allImages } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { collect } from './store/collect.ts'
import { findImage } from './resolve/find.ts'
import { removeWithParents } from './remove.ts'

type Report = Output<'image.removeMany'>

/**
 * Removes images one after another; failures are in the report, with podman's exit code: 1 not known, 2 in use, 125 else. All are
 * resolved before the first is removed, so that an image may be named twice.
 */
export const removeMany: Verb<'image.removeMany'> = async (context, { images, all, force, ignore, noprune }) => {
  if (!all && images.length === 0)
    throw new EngineError('InvalidArgument', 'No image was named: name at least one, or ask for all.')
  const report: Report = { Untagged: [], Deleted: [], Errors: [], ExitCode: 0 }
  const targets = all ? ownImages(context) : namedImages(context, images, report, ignore)
  for (const { id, name } of targets) {
    if (report.Deleted.includes(id)) continue
    try {
      const done = await removeWithParents(context, name, { force, whole: all, keepParents: noprune })
      report.Untagged.push(...done.Untagged)
      report.Deleted.push(...done.Deleted)
    } catch (error) {
      // Another process may have removed it already.
      if (!(EngineError.is(error, 'ImageNotFound') && (ignore || all))) note(report, error)
    }
  }
  await collect(context)
  return report
}

interface Target {
  id: string
  /** The name it is removed by. */
  name: string
}

function ownImages(context: Context): Target[] {
  const own = allImages(context.database, warnOfDamage(context)).filter(({ facts }) => facts.store === undefined)
  return own.map(({ id }) => ({ id, name: id }))
}

function namedImages({ database }: Context, images: readonly string[], report: Report, ignore: boolean): Target[] {
  return [...new Set(images)].flatMap((image) => {
    try {
      return [{ id: findImage(database, image).record.id, name: image }]
    } catch (error) {
      if (!(ignore && EngineError.is(error, 'ImageNotFound'))) note(report, error)
      return []
    }
  })
}

function note(report: Report, error: unknown): void {
  const failure = EngineError.from(error)
  report.Errors.push(failure.message)
  report.ExitCode = Math.max(report.ExitCode, exitCode(failure))
}

/** As podman: a general failure counts most, then one that is in use, then one that is not known. */
function exitCode({ code, details }: EngineError): number {
  if (code === 'ImageNotFound') return 1
  // Several names are no use.
  return code === 'ImageInUse' && details['names'] === undefined ? 2 : 125
}
