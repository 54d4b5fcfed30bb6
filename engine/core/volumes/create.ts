import { chownSync } from 'node:fs'

import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { checkName, isName } from '../../spec/name.ts'
import { volumeLimits } from '../../spec/volume-options.ts'
import { insertVolume, timestamp, volumeByName, type VolumeConfig } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { volumeAnswer } from './answer.ts'
import { freshVolume } from './fresh.ts'
import { deleteLockedVolume } from './removal.ts'

type Body = Parsed<'volume.create'>['body']

/** Creates a volume. On failure nothing is left. */
export const create: Verb<'volume.create'> = async (context, { body }): Promise<Output<'volume.create'>> => {
  const name = body.Name || randomId()
  if (!isName(name)) checkName(name)
  const config = await configOf(context, body)
  const store = await context.volumes()
  return store.withExclusiveLock(name, async (volume) => {
    const before = volumeByName(context.database, name)
    if (before?.config.removing) await (await deleteLockedVolume(context, volume, () => true))?.discard()
    else if (before) return existing(context, name, body)
    const isNew = volume.make(name)
    const { owner } = config
    try {
      if (owner) chownSync(store.path(name), owner.uid, owner.gid)
      const limits = volumeLimits(config.options)
      if (limits) volume.limit(name, limits)
      await context.database.transaction(() => insertVolume(context.database, { name, created: timestamp(), config }))
    } catch (error) {
      if (isNew) await volume.detach().discard()
      throw error
    }
    context.emit({ type: 'volume', status: 'create', id: name, name })
    return volumeAnswer(context, volumeByName(context.database, name)!)
  })
}

/** @throws EngineError `VolumeExists`, with podman's message, unless that was to be ignored. */
async function existing(context: Context, name: string, { IgnoreIfExists }: Body): Promise<Output<'volume.create'>> {
  if (IgnoreIfExists) return volumeAnswer(context, volumeByName(context.database, name)!)
  throw new EngineError('VolumeExists', `volume with name ${name} already exists: volume already exists`, { details: { name } })
}

/** @throws EngineError `InvalidArgument`, `NotSupported`, `ImageNotFound`. */
async function configOf(context: Context, body: Body): Promise<VolumeConfig> {
  const { Label, Labels, Options, UID, GID } = body
  const owner = { ...(UID ? { uid: UID } : {}), ...(GID ? { gid: GID } : {}) }
  const config = await freshVolume(context, { driver: body.Driver || 'local', options: Options ?? {}, ...owner })
  return { ...config, labels: { ...Label, ...Labels } }
}
