import { EngineError } from '../../errors/index.ts'
import { collect } from '../images/store/collect.ts'
import { removeImage } from '../images/remove.ts'
import type { Verb } from '../verb.ts'
import { findList } from './find.ts'

/** Removes a list with all its names; its images stay. */
export const remove: Verb<'manifest.remove'> = async (context, { name, ignore }) => {
  try {
    const { id } = findList(context, name)
    const report = await removeImage(context, id, { force: true })
    await collect(context)
    return report
  } catch (error) {
    if (ignore && EngineError.is(error, 'ImageNotFound')) return { Untagged: [], Deleted: [], Errors: [], ExitCode: 0 }
    throw error
  }
}
