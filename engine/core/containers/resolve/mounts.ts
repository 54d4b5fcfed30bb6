import { isDeepStrictEqual } from 'node:util'
import { lstatSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Mount, NamedVolume, OverlayVolume } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { randomId } from '../../../lib/random-id.ts'
import type { IdMappings } from '../../../spec/id-map.ts'
import { checkDestination } from '../../../spec/mount.ts'
import { checkName } from '../../../spec/name.ts'
import { splitPair } from '../../../spec/pair.ts'
import { parseVolumeOptions } from '../../../spec/volume-options.ts'
import { volumeData } from '../../../storage/volumes/layout.ts'
import type { ContainerMount } from '../../../store/index.ts'
import { bindOptions, checkMountOptions, type HostTraits, hostTraits, memoryOptions, valueOf } from './mount-options.ts'
import { idmapOf } from './mount-ids.ts'
import type { OtherMounts } from './other-mounts.ts'
import { existing, existingFolder, ownable } from './mount-source.ts'

/** What mounts are resolved with. */
interface Resolving {
  root: string
  host: HostTraits
  warnings: string[]
  /** Ids of the container's user namespace. */
  ids?: IdMappings | undefined
  /** The OCI runtime's name. */
  runtime?: string | undefined
}

/** What mounts are resolved with besides the request. */
interface MoreOfMounts {
  others?: OtherMounts | undefined
  ids?: IdMappings | undefined
  runtime?: string | undefined
}

/**
 * Every mount a caller or the image asks for, with sources that exist (volumes are made later) and options spelt out.
 *
 * @param more.others what is mounted besides.
 * @param more.ids the ids of its user namespace.
 * @param more.runtime the OCI runtime's name.
 * @param warnings gets a sentence for each option that has no effect.
 * @throws EngineError `InvalidArgument`: a missing source (with podman's message), a relative or doubly used destination, an
 *   unknown type or option; `NotSupported` for what is known and refused.
 */
export function resolveMounts(
  { root }: { root: string },
  spec: ContainerSpec,
  imageVolumes: readonly string[],
  warnings: string[] = [],
  host: HostTraits = hostTraits(),
  { others = { images: [], inherited: [] }, ids, runtime }: MoreOfMounts = {},
): ContainerMount[] {
  const context: Resolving = { root, host, warnings, ids, runtime }
  refuseOthers(spec)
  const mounts = new Map<string, ContainerMount>()
  const add = (mount: ContainerMount) => {
    const before = mounts.get(mount.destination)
    // As podman has it: the same asked for twice is no contradiction.
    if (before && isDeepStrictEqual(before, mount)) return
    if (before)
      throw new EngineError('InvalidArgument', `${mount.destination}: duplicate mount destination`, {
        details: { destination: mount.destination },
      })
    mounts.set(mount.destination, mount)
  }
  for (const volume of spec.volumes ?? []) add(volumeMount(context, volume))
  for (const overlay of spec.overlay_volumes ?? []) add(overlayMount(context, overlay))
  for (const mount of spec.mounts ?? []) add(plainMount(context, mount))
  for (const mount of others.images) add({ ...mount, destination: destinationOf(mount.destination) })
  for (const mount of others.inherited) if (!mounts.has(mount.destination)) mounts.set(mount.destination, mount)
  for (const destination of imageVolumes) {
    const place = destinationOf(destination)
    if (mounts.has(place) || spec.image_volume_mode === 'ignore') continue
    add(spec.image_volume_mode === 'tmpfs' ? memoryMount(context, 'tmpfs', place, []) : volumeMount(context, { Dest: place }))
  }
  // A mount below another one must come after it.
  return [...mounts.values()].sort((one, other) => depth(one.destination) - depth(other.destination))
}

/** Fields of the contract that are refused unless they are empty. */
function refuseOthers(spec: ContainerSpec): void {
  const given = (value: unknown) => Array.isArray(value) && value.length > 0
  const mapped = (spec.mounts ?? []).some(({ uidMappings, gidMappings }) => given(uidMappings) || given(gidMappings))
  if (!mapped) return
  const field = 'mounts.uidMappings'
  throw new EngineError('NotSupported', `${field} is not supported yet; use mounts, volumes or overlay_volumes.`, {
    details: { field },
  })
}

function depth(place: string): number {
  return place.split('/').filter(Boolean).length
}

function destinationOf(given: string): string {
  const place = path.posix.normalize(checkDestination(given)).replace(/(.)\/+$/, '$1')
  if (place === '/')
    throw new EngineError('InvalidArgument', 'Nothing can be mounted over the root of a container.', {
      details: { destination: given },
    })
  return place
}

function volumeMount(context: Resolving, { Name, Dest, Options, IsAnonymous, SubPath }: NamedVolume): ContainerMount {
  const name = Name || randomId()
  checkName(name)
  const given = Options ?? []
  const destination = destinationOf(Dest)
  const kind = given.includes('O') ? 'volume-overlay' : 'volume'
  context.warnings.push(...checkMountOptions(kind, destination, given, context.host))
  const subpath = SubPath || valueOf(given, 'subpath')
  const options = bindOptions(given, ['nosuid', 'nodev'])
  if (subpath !== undefined) checkSubpath(subpath, options)
  return {
    kind: 'volume',
    source: volumeData(context.root, name),
    destination,
    type: 'bind',
    options,
    volume: name,
    anonymous: !Name || IsAnonymous === true,
    ...(subpath === undefined ? {} : { subpath }),
    ...(given.includes('nocopy') ? { noCopy: true } : {}),
    ...volumeOptions(given),
    ...idmapOf(given, context.ids),
    ...(kind === 'volume-overlay' ? { overlay: overlayFolders(destination, given) } : {}),
    ...(given.includes('U') ? { chown: true } : {}),
  }
}

/** Each `volume-opt=` is an option of the volume's driver. @throws EngineError `InvalidArgument`, `NotSupported` */
function volumeOptions(given: readonly string[]): Pick<ContainerMount, 'volumeOptions'> {
  const prefix = 'volume-opt='
  const options = given.filter((option) => option.startsWith(prefix)).map((option) => splitPair(option.slice(prefix.length)))
  if (options.length === 0) return {}
  const joined: Record<string, string> = {}
  // An option of mount(8) each, as they cannot be told apart by commas here.
  for (const [name, value = ''] of options)
    joined[name] = name === 'o' && joined['o'] !== undefined ? `${joined['o']},${value}` : value
  parseVolumeOptions('local', joined)
  return { volumeOptions: joined }
}

/** What is shown is a private copy of the mount, to which nothing could be propagated back. */
function checkSubpath(subpath: string, options: readonly string[]): void {
  const shared = options.find((option) => option === 'shared' || option === 'rshared')
  if (subpath.includes('\0') || shared !== undefined)
    throw new EngineError(
      'InvalidArgument',
      shared === undefined
        ? `The subpath ${JSON.stringify(subpath)} is not a path.`
        : `A subpath of a volume cannot be mounted ${shared}: leave out that option, or mount the whole volume.`,
      { details: { subpath } },
    )
}

/** A folder of the host under a layer of the container's own (option O). */
function overlayMount(context: Resolving, { destination, source, options }: OverlayVolume): ContainerMount {
  const place = destinationOf(destination)
  // A caller that sends it as an overlay need not say so again.
  const given = options?.includes('O') ? options : ['O', ...(options ?? [])]
  context.warnings.push(...checkMountOptions('overlay', place, given, context.host))
  return {
    kind: 'bind',
    source: existingFolder(source),
    destination: place,
    type: 'bind',
    options: bindOptions([], []),
    overlay: overlayFolders(place, given),
    ...(given.includes('U') ? { chown: true } : {}),
  }
}

function overlayFolders(place: string, given: readonly string[]): NonNullable<ContainerMount['overlay']> {
  const [upper, work] = [valueOf(given, 'upperdir'), valueOf(given, 'workdir')]
  if (upper === undefined && work === undefined) return {}
  if (upper === undefined || work === undefined)
    throw new EngineError('InvalidArgument', `must set both \`upperdir\` and \`workdir\` of the mount on ${place}`, {
      details: { destination: place },
    })
  return { upper: existingFolder(upper), work: existingFolder(work) }
}

function plainMount(context: Resolving, { destination, source, type, options }: Mount): ContainerMount {
  const place = destinationOf(destination)
  const given = options ?? []
  switch (type || 'bind') {
    case 'bind':
      return given.includes('O')
        ? overlayMount(context, { destination, source: source ?? '', options })
        : bindMount(context, place, source ?? '', given)
    case 'volume':
      return volumeMount(context, { Name: source, Dest: place, Options: options })
    case 'tmpfs':
    case 'ramfs':
      return memoryMount(context, type as 'tmpfs' | 'ramfs', place, given)
    case 'devpts':
      context.warnings.push(...checkMountOptions('devpts', place, given, context.host))
      return { kind: 'other', source: 'devpts', destination: place, type: 'devpts', options: [...given] }
    default:
      throw new EngineError(
        'NotSupported',
        `Mounts of type ${JSON.stringify(type)} are not supported yet; use bind, volume or tmpfs.`,
        { details: { type: type ?? '' } },
      )
  }
}

function bindMount(context: Resolving, destination: string, given: string, options: readonly string[]): ContainerMount {
  context.warnings.push(...checkMountOptions('bind', destination, options, context.host))
  const source = existing(given).path
  const link = options.includes('no-dereference') && lstatSync(source).isSymbolicLink()
  if (link && context.runtime !== 'crun')
    throw new EngineError(
      'NotSupported',
      `${source} is a symbolic link, which only crun copies into a container: leave out no-dereference.`,
      { details: { source } },
    )
  return {
    kind: 'bind',
    source,
    destination,
    type: 'bind',
    options: [...(link ? ['copy-symlink'] : []), ...bindOptions(options, [])],
    ...idmapOf(options, context.ids),
    ...(options.includes('U') ? { chown: true, actual: ownable(source) } : {}),
  }
}

function memoryMount(context: Resolving, type: 'tmpfs' | 'ramfs', destination: string, given: readonly string[]): ContainerMount {
  context.warnings.push(...checkMountOptions(type, destination, given, context.host))
  const chown = given.includes('U') ? { chown: true } : {}
  return { kind: 'tmpfs', source: type, destination, type, options: memoryOptions(type, given), ...chown }
}
