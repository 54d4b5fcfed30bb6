import type { Volume } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'

const shape = ({ Name, Driver, Mountpoint, CreatedAt, Labels, Scope, Options }: Volume) => ({
  Name,
  Driver,
  Mountpoint,
  CreatedAt: CreatedAt.replace(/\.\d+/, ''),
  Labels,
  Scope,
  Options,
})

/** Lists volumes. */
export const list: Mapping<'docker.volume.list'> = async (engine, { filters }, options) => ({
  Volumes: (await engine['volume.list']({ filters }, options)).map(shape),
  Warnings: [],
})

/** Creates a volume; Docker answers with the one that is there. */
export const create: Mapping<'docker.volume.create'> = async (engine, { body }, options) =>
  shape(
    await engine['volume.create'](
      {
        body: { Name: body.Name, Driver: body.Driver, Options: body.DriverOpts, Labels: body.Labels, IgnoreIfExists: true },
      },
      options,
    ),
  )

/** Removes volumes that no container mounts, with a name or without, as podman does. */
export const prune: Mapping<'docker.volume.prune'> = async (engine, { filters }, options) => {
  const removed = (await engine['volume.prune']({ filters }, options)).filter(({ Err }) => !Err)
  return {
    VolumesDeleted: removed.map(({ Id }) => Id),
    SpaceReclaimed: removed.reduce((sum, { Size }) => sum + Size, 0),
  }
}

export const inspect: Mapping<'docker.volume.inspect'> = async (engine, { name }, options) =>
  shape(await engine['volume.inspect']({ name }, options))

/** With `force`, one that is not there is no failure. Containers that mount it stay, as with Docker. */
export const remove: Mapping<'docker.volume.remove'> = async (engine, { name, force }, options) => {
  try {
    await engine['volume.remove']({ name }, options)
  } catch (error) {
    if (!(force && EngineError.is(error, 'VolumeNotFound'))) throw error
  }
}
