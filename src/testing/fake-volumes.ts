import type { Engine, Secret, Volume, VolumeUsage } from '../../engine/contract/index.ts'
import { EngineError } from '../../engine/errors/index.ts'
import type { FakeWorld } from './fake-world.ts'

const when = new Date(Date.now() - 3_600_000).toISOString()

/** A volume as the list has it. */
export const fakeVolume = (name: string, changes: Partial<Volume> = {}): Volume => ({
  Name: name,
  Driver: 'local',
  Mountpoint: `/var/lib/berth/volumes/${name}/_data`,
  CreatedAt: when,
  Labels: {},
  Scope: 'local',
  Options: {},
  MountCount: 0,
  ...changes,
})

/** A secret as the list has it. */
export const fakeSecret = (name: string, changes: Partial<Secret['Spec']> = {}): Secret => ({
  ID: name.padEnd(25, '0'),
  CreatedAt: when,
  UpdatedAt: when,
  Spec: { Name: name, Driver: { Name: 'file', Options: {} }, Labels: {}, ...changes },
})

/** What a volume holds: a thousand bytes a letter of its name. */
const usageOf = ({ Name }: Volume, users: Readonly<Record<string, readonly string[]>>): VolumeUsage => ({
  Name,
  Size: Name.length * 1000,
  Containers: (users[Name] ?? []).map((name) => ({ Id: name, Name: name, State: 'running' })),
})

/** The volume operations of the fake. */
function volumeVerbs({ state, emit }: FakeWorld): Partial<Engine> {
  const users = state.volumeUsers ?? {}
  const find = (name: string): Volume => {
    const found = state.volumes?.find(({ Name }) => Name === name)
    if (!found) throw new EngineError('VolumeNotFound', `no volume with name "${name}" found: no such volume`)
    return found
  }
  const remove = (name: string) => {
    state.volumes = (state.volumes ?? []).filter(({ Name }) => Name !== name)
    emit('volume', 'remove', name, name)
  }
  return {
    'volume.list': async () => state.volumes ?? [],
    'volume.usage': async () => (state.volumes ?? []).map((volume) => usageOf(volume, users)),
    'volume.exists': async ({ name }) => void find(name),
    'volume.create': async ({ body: { Name, Labels, Options, Driver } }) => {
      const made = fakeVolume(Name ?? 'f'.repeat(64), { Labels: Labels ?? {}, Options: Options ?? {}, Driver: Driver ?? 'local' })
      state.volumes = [...(state.volumes ?? []), made]
      emit('volume', 'create', made.Name, made.Name)
      return made
    },
    'volume.remove': async ({ name }) => remove(find(name).Name),
    'volume.prune': async () => {
      const gone = (state.volumes ?? []).filter(({ Name }) => (users[Name] ?? []).length === 0)
      for (const { Name } of gone) remove(Name)
      return gone.map((volume) => ({ Id: volume.Name, Size: usageOf(volume, {}).Size }))
    },
    'volume.files': async ({ name, path = '/' }) => {
      find(name)
      const file = { mode: 0o644, mtime: when, uid: 0, gid: 0 }
      if (path !== '/') return { Files: [], More: false }
      return {
        Files: [
          { name: 'conf.d', type: 'folder', size: 4096, ...file, mode: 0o755 },
          { name: 'site.conf', type: 'file', size: 1234, ...file },
          { name: 'now', type: 'link', size: 9, ...file, target: 'site.conf' },
        ],
        More: false,
      }
    },
    'volume.import': async ({ name, body }) => {
      find(name)
      for await (const piece of body as AsyncIterable<Uint8Array>) if (piece.length === 0) break
    },
  }
}

/** The secret operations of the fake. Values are counted, and forgotten. */
function secretVerbs({ state, emit }: FakeWorld): Partial<Engine> {
  return {
    'secret.list': async () => state.secrets ?? [],
    'secret.create': async ({ name = '', replace, body }) => {
      const before = state.secrets?.find(({ Spec }) => Spec.Name === name)
      if (before && !replace) throw new EngineError('SecretExists', `${name}: secret name in use`)
      let size = 0
      for await (const piece of body as AsyncIterable<Uint8Array>) size += piece.length
      if (size === 0) throw new EngineError('InvalidArgument', 'secret data must be larger than 0 and less than 512000 bytes')
      const made = fakeSecret(name)
      state.secrets = [...(state.secrets ?? []).filter((each) => each !== before), made]
      emit('secret', 'create', made.ID, name)
      return { ID: made.ID }
    },
    'secret.remove': async ({ name }) => {
      state.secrets = (state.secrets ?? []).filter(({ ID, Spec }) => ID !== name && Spec.Name !== name)
      emit('secret', 'remove', name, name)
    },
  }
}

/** The operations of what outlives containers: volumes and secrets. */
export const storageVerbs = (world: FakeWorld): Partial<Engine> => ({ ...volumeVerbs(world), ...secretVerbs(world) })
