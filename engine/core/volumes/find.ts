import { EngineError } from '../../errors/index.ts'
import { allVolumes, volumeByName, type VolumeRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'

/**
 * The volume of a name, or of what only one name begins with.
 *
 * @throws EngineError `VolumeNotFound`, `NameAmbiguous`, with podman's message.
 */
export function findVolume(context: Context, ref: string): VolumeRecord {
  const exact = volumeByName(context.database, ref)
  if (exact) return exact
  const found = allVolumes(context.database, warnOfDamage(context)).filter(({ name }) => name.startsWith(ref))
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new EngineError('NameAmbiguous', `more than one result for volume name ${ref}: volume already exists`, {
      details: { name: ref },
    })
  throw noSuchVolume(ref)
}

/** @throws EngineError `VolumeNotFound` unless there is a volume of exactly that name. */
export function requireVolume({ database }: Pick<Context, 'database'>, name: string): VolumeRecord {
  const found = volumeByName(database, name)
  if (found) return found
  throw noSuchVolume(name)
}

function noSuchVolume(name: string): EngineError {
  return new EngineError('VolumeNotFound', `no volume with name "${name}" found: no such volume`, { details: { name } })
}
