import { EngineError } from '../../errors/index.ts'
import { parseVolumeOptions } from '../../spec/volume-options.ts'
import type { VolumeConfig } from '../../store/index.ts'
import type { Context } from '../context.ts'

export interface VolumeRequest {
  driver: string
  options: Readonly<Record<string, string>>
  uid?: number
  gid?: number
}

/**
 * What a new volume with these options is.
 *
 * @throws EngineError `InvalidArgument`, `NotSupported`, `ImageNotFound`.
 */
export async function freshVolume(context: Context, { driver, options, uid, gid }: VolumeRequest): Promise<VolumeConfig> {
  const parsed = parseVolumeOptions(driver, options)
  const owner = { uid: uid ?? parsed.uid ?? 0, gid: gid ?? parsed.gid ?? 0 }
  const hasOwner = [uid, gid, parsed.uid, parsed.gid].some((id) => id !== undefined)
  return {
    driver,
    labels: {},
    options: parsed.shown,
    anonymous: false,
    needsCopyUp: parsed.noCopy !== true,
    ...(hasOwner ? { owner } : {}),
    ...(parsed.image === undefined ? {} : { image: await imageId(context, parsed.image) }),
  }
}

async function imageId(context: Context, name: string): Promise<string> {
  const { resolveImage } = await import('../images/resolve/resolve-image.ts')
  try {
    return (await resolveImage(context, name)).id
  } catch (error) {
    if (!EngineError.is(error)) throw error
    throw new EngineError(error.code, `looking up image ${name} to create volume failed: ${error.message}`, {
      details: error.details,
      cause: error,
    })
  }
}
