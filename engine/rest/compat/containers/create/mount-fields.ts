import type { ContainerSpec } from '../../../../contract/index.ts'
import type { DockerContainerConfig, DockerHostConfig } from '../../../../contract/docker/containers.ts'
import { EngineError } from '../../../../errors/index.ts'
import { checkDestination, checkSource, joinMounts, type Mounts, parseTmpfs, parseVolume } from '../../../../spec/mount.ts'

/** Volumes, host folders and file systems in memory. @throws EngineError `InvalidArgument`, `NotSupported` */
export function mountFields({ Volumes, HostConfig: host }: DockerContainerConfig): ContainerSpec {
  const wanted = joinMounts([
    ...(host?.Binds ?? []).map((bind) => parseVolume(bind, checkSource)),
    ...(host?.Mounts ?? []).map(toMount),
    ...Object.entries(host?.Tmpfs ?? {}).map(([place, options]) => parseTmpfs(options === '' ? place : `${place}:${options}`)),
  ])
  const taken = new Set([
    ...wanted.mounts.map(({ destination }) => destination),
    ...wanted.volumes.map(({ Dest }) => Dest),
    ...wanted.overlay_volumes.map(({ destination }) => destination),
  ])
  const anonymous = Object.keys(Volumes ?? {}).filter((place) => !taken.has(place))
  const volumes = [...wanted.volumes, ...anonymous.map((place) => ({ Name: '', Dest: checkDestination(place) }))]
  return {
    ...(wanted.mounts.length > 0 ? { mounts: wanted.mounts } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(host?.VolumesFrom?.length ? { volumes_from: [...host.VolumesFrom] } : {}),
    ...(wanted.overlay_volumes.length > 0 ? { overlay_volumes: wanted.overlay_volumes } : {}),
  }
}

type DockerMount = NonNullable<DockerHostConfig['Mounts']>[number]

function toMount({ Type, Source, Target, ReadOnly, BindOptions, VolumeOptions, TmpfsOptions }: DockerMount): Mounts {
  const destination = checkDestination(Target)
  const access = ReadOnly ? ['ro'] : []
  if (Type === 'bind') {
    const propagation = BindOptions?.Propagation ? [BindOptions.Propagation] : []
    return {
      mounts: [{ type: 'bind', source: checkSource(Source ?? ''), destination, options: ['rbind', ...access, ...propagation] }],
    }
  }
  if (Type === 'volume') {
    const Options = [...access, ...(VolumeOptions?.NoCopy ? ['nocopy'] : [])]
    return {
      volumes: [
        { Name: Source ?? '', Dest: destination, Options, ...(VolumeOptions?.Subpath ? { SubPath: VolumeOptions.Subpath } : {}) },
      ],
    }
  }
  if (Type === 'tmpfs') {
    const size = TmpfsOptions?.SizeBytes ? [`size=${TmpfsOptions.SizeBytes}`] : []
    const mode = TmpfsOptions?.Mode ? [`mode=${TmpfsOptions.Mode.toString(8)}`] : []
    return { mounts: [{ type: 'tmpfs', source: 'tmpfs', destination, options: [...access, ...size, ...mode] }] }
  }
  throw new EngineError(
    'NotSupported',
    `Mounts of the type ${JSON.stringify(Type)} are refused: there are bind, volume and tmpfs.`,
    {
      details: { field: 'HostConfig.Mounts' },
    },
  )
}
