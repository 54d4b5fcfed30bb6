import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { allImages } from '../../store/index.ts'
import type { Verb } from '../verbs.ts'
import { collect } from './collect.ts'
import { removeImage } from './remove.ts'

/** Removes images one after another; failures are told in the report, with podman's exit code: 1 not known, 2 in use, 125 else. */
export const removeMany: Verb<'image.removeMany'> = async (context, { images, all, force, ignore }) => {
  const report: Output<'image.removeMany'> = { Untagged: [], Deleted: [], Errors: [], ExitCode: 0 }
  if (!all && images.length === 0)
    throw new EngineError('InvalidArgument', 'No image was named: name at least one, or ask for all.')
  const names = all ? allImages(context.database).map(({ id }) => id) : images
  for (const name of names) {
    try {
      // With `all`, an image of several names goes whole.
      const done = await removeImage(context, name, force || (all && !usedBy(context, name)))
      report.Untagged.push(...done.Untagged)
      report.Deleted.push(...done.Deleted)
    } catch (error) {
      const failure = EngineError.from(error)
      if (failure.code === 'ImageNotFound' && (ignore || all)) continue
      if (failure.code === 'StoreReadOnly' && all) continue
      report.Errors.push(failure.message)
      report.ExitCode = Math.max(report.ExitCode, exitCode(failure))
    }
  }
  await collect(context)
  return report
}

/** As podman: a general failure counts most, then one that is in use, then one that is not known. */
function exitCode({ code, details }: EngineError): number {
  if (code === 'ImageNotFound') return 1
  // Several names are no use.
  return code === 'ImageInUse' && details['names'] === undefined ? 2 : 125
}

function usedBy(context: Parameters<typeof removeImage>[0], id: string): boolean {
  return context.database.get('SELECT 1 FROM containers WHERE image = ? LIMIT 1', id) !== undefined
}
