import path from 'node:path'

import type { ContainerInspect } from '../../../contract/index.ts'
import type { ContainerMount, ContainerRecord } from '../../../store/index.ts'
import type { ContainerPaths } from '../../paths.ts'
import { runtimeSource } from '../mounts/runtime-source.ts'

type Paths = Pick<ContainerPaths, 'folder' | 'mounts'>

/** `Mounts` of a container in full, as podman writes them: host folders and volumes; memory file systems are not among them. */
export function inspectMounts({ config }: ContainerRecord, paths: Paths): ContainerInspect['Mounts'] {
  return shownMounts(config.mounts, paths)
}

/** {@link inspectMounts} of a list of mounts, which need not be a container's yet. */
export function shownMounts(mounts: readonly ContainerMount[], paths: Paths): ContainerInspect['Mounts'] {
  return shown(mounts).map(([index, mount]) =>
    mount.kind === 'image'
      ? imageMount(mount)
      : {
          Type: mount.kind,
          ...(mount.volume === undefined ? {} : { Name: mount.volume }),
          Source: sourceOf(mount, index, paths),
          Destination: mount.destination,
          Driver: mount.kind === 'volume' ? 'local' : '',
          Mode: '',
          Options: optionsOf(mount, index, paths),
          RW: !mount.options.includes('ro'),
          Propagation: isHostOverlay(mount)
            ? 'private'
            : (mount.options.find((option) => propagations.includes(option)) ?? 'rprivate'),
          ...(mount.subpath === undefined ? {} : { SubPath: mount.subpath }),
        },
  )
}

/** `HostConfig.Binds`: `source:destination:options`. */
export function inspectBinds({ config }: ContainerRecord, paths: Paths): string[] {
  return shown(config.mounts)
    .filter(([, { kind }]) => kind !== 'image')
    .map(([index, mount]) => {
      const options = isHostOverlay(mount)
        ? [...optionsOf(mount, index, paths), 'private']
        : [...engineOptions(mount), ...mount.options]
      return `${mount.volume ?? sourceOf(mount, index, paths)}:${mount.destination}:${options.join(',')}`
    })
}

/** Podman says less of an image. */
function imageMount({ source, destination, options, subpath }: ContainerMount): ContainerInspect['Mounts'][number] {
  return {
    Type: 'image',
    Source: source,
    Destination: destination,
    Driver: '',
    Mode: '',
    Options: null,
    RW: !options.includes('ro'),
    Propagation: '',
    ...(subpath === undefined ? {} : { SubPath: subpath }),
  }
}

const propagations = ['shared', 'slave', 'private', 'unbindable', 'rshared', 'rslave', 'rprivate', 'runbindable']

function shown(mounts: readonly ContainerMount[]): [number, ContainerMount][] {
  return [...mounts.entries()].filter(([, { kind }]) => kind === 'bind' || kind === 'volume' || kind === 'image')
}

const isHostOverlay = ({ kind, overlay }: ContainerMount): boolean => kind === 'bind' && overlay !== undefined

/** Of a host folder under an overlay it is the overlay; of a volume, always the volume. */
function sourceOf(mount: ContainerMount, index: number, { mounts }: Paths): string {
  return isHostOverlay(mount) ? runtimeSource(mounts, mount, index) : mount.source
}

function optionsOf(mount: ContainerMount, index: number, { folder }: Paths): string[] {
  const { overlay, options, source } = mount
  if (overlay && isHostOverlay(mount)) {
    const own = path.join(folder, 'overlays', String(index))
    return [`lowerdir=${source}`, `upperdir=${overlay.upper ?? `${own}/upper`}`, `workdir=${overlay.work ?? `${own}/work`}`]
  }
  const passed = options.filter((option) => option !== 'rw' && option !== 'ro' && !propagations.includes(option))
  return [...engineOptions(mount), ...passed]
}

/** Those of a volume that are not the runtime's. */
function engineOptions({ kind, overlay, chown, noCopy }: ContainerMount): string[] {
  if (kind !== 'volume') return []
  const folders = overlay?.upper === undefined ? [] : [`upperdir=${overlay.upper}`, `workdir=${overlay.work}`]
  return [...(overlay ? ['O'] : []), ...folders, ...(chown ? ['U'] : []), ...(noCopy ? ['nocopy'] : [])]
}
