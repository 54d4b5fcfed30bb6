import { statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Mount, NamedVolume } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { randomId } from '../../../lib/random-id.ts'
import type { ContainerMount } from '../../../store/index.ts'
import { volumeData } from '../../paths.ts'

/**
 * Every mount a caller or the image asks for, with sources that exist (volumes are made later) and options spelt out.
 *
 * @throws EngineError `InvalidArgument`: a missing source (in podman's words), a relative or doubly used destination, an unknown type.
 */
export function resolveMounts(context: { root: string }, spec: ContainerSpec, imageVolumes: readonly string[]): ContainerMount[] {
  const mounts = new Map<string, ContainerMount>()
  const add = (mount: ContainerMount) => {
    if (mounts.has(mount.destination))
      throw new EngineError('InvalidArgument', `${mount.destination}: duplicate mount destination`, {
        details: { destination: mount.destination },
      })
    mounts.set(mount.destination, mount)
  }
  for (const volume of spec.volumes ?? []) add(volumeMount(context, volume))
  for (const mount of spec.mounts ?? []) add(plainMount(context, mount))
  for (const destination of imageVolumes) {
    const place = destinationOf(destination)
    if (mounts.has(place) || spec.image_volume_mode === 'ignore') continue
    add(spec.image_volume_mode === 'tmpfs' ? tmpfs(place, []) : volumeMount(context, { Dest: place }))
  }
  // A mount below another one must come after it.
  return [...mounts.values()].sort((one, other) => depth(one.destination) - depth(other.destination))
}

function depth(place: string): number {
  return place.split('/').filter(Boolean).length
}

function destinationOf(given: string): string {
  if (!path.isAbsolute(given) || given.includes('\0')) {
    throw new EngineError('InvalidArgument', `invalid container path ${JSON.stringify(given)}, must be an absolute path`, {
      details: { destination: given },
    })
  }
  const place = path.posix.normalize(given).replace(/(.)\/+$/, '$1')
  if (place === '/')
    throw new EngineError('InvalidArgument', 'Nothing can be mounted over the root of a container.', {
      details: { destination: given },
    })
  return place
}

const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/

function volumeMount(context: { root: string }, { Name = '', Dest, Options }: NamedVolume): ContainerMount {
  const name = Name === '' ? randomId() : Name
  if (!volumeName.test(name)) {
    throw new EngineError(
      'NameInvalid',
      `The volume name ${JSON.stringify(name)} is invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument`,
      { details: { name } },
    )
  }
  const options = bindOptions(Options ?? [], ['nosuid', 'nodev'])
  return {
    kind: 'volume',
    source: volumeData(context, name),
    destination: destinationOf(Dest),
    type: 'bind',
    options,
    volume: name,
    anonymous: Name === '',
  }
}

function plainMount(context: { root: string }, { destination, source = '', type = 'bind', options }: Mount): ContainerMount {
  const place = destinationOf(destination)
  switch (type) {
    case '':
    case 'bind':
      return { kind: 'bind', source: existing(source), destination: place, type: 'bind', options: bindOptions(options ?? [], []) }
    case 'volume':
      return volumeMount(context, { Name: source, Dest: place, Options: options })
    case 'tmpfs':
    case 'ramfs':
      return { ...tmpfs(place, options ?? []), type }
    case 'devpts':
      return { kind: 'other', source: 'devpts', destination: place, type, options: options ?? [] }
    default:
      throw new EngineError(
        'NotSupported',
        `Mounts of type ${JSON.stringify(type)} are not supported yet; use bind, volume or tmpfs.`,
        { details: { type } },
      )
  }
}

function existing(source: string): string {
  if (!path.isAbsolute(source) || source.includes('\0'))
    throw new EngineError('InvalidArgument', `The source ${JSON.stringify(source)} of a bind mount must be an absolute path.`, {
      details: { source },
    })
  try {
    statSync(source)
    return path.normalize(source)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT'
        ? 'no such file or directory'
        : code === 'EACCES'
          ? 'permission denied'
          : code === 'ENOTDIR'
            ? 'not a directory'
            : (cause as Error).message
    throw new EngineError('InvalidArgument', `statfs ${source}: ${reason}`, { details: { source }, cause })
  }
}

const propagations = ['shared', 'slave', 'private', 'unbindable', 'rshared', 'rslave', 'rprivate', 'runbindable']
/** For podman itself: labels (SELinux is off where we run), ownership, copying. */
const consumed = [
  'z',
  'Z',
  'copy',
  'nocopy',
  'U',
  'idmap',
  'O',
  'bind',
  'rbind',
  'bind-nonrecursive',
  'norecursive',
  'readwrite',
  'readonly',
  'no-dereference',
]
const opposites: Record<string, string> = { nosuid: 'suid', nodev: 'dev', noexec: 'exec' }
const passed = ['ro', 'rw', 'nosuid', 'suid', 'nodev', 'dev', 'noexec', 'exec', 'noatime', 'relatime', ...propagations]

function bindOptions(given: readonly string[], defaults: readonly string[]): string[] {
  const unknown = given.find((option) => !passed.includes(option) && !consumed.includes(option) && !option.startsWith('subpath='))
  if (unknown !== undefined)
    throw new EngineError('InvalidArgument', `invalid mount option ${JSON.stringify(unknown)}: invalid argument`, {
      details: { option: unknown },
    })
  const has = (option: string) => given.includes(option)
  const access = has('ro') || has('readonly') ? 'ro' : 'rw'
  const propagation = propagations.find(has) ?? 'rprivate'
  const extra = ['nosuid', 'nodev', 'noexec', 'noatime', 'relatime'].filter(
    (option) => has(option) || (defaults.includes(option) && !has(opposites[option] ?? '')),
  )
  const recursion = has('bind-nonrecursive') || has('norecursive') || (has('bind') && !has('rbind')) ? 'bind' : 'rbind'
  return [access, propagation, ...extra, recursion]
}

function tmpfs(destination: string, given: readonly string[]): ContainerMount {
  const has = (option: string) => given.includes(option)
  const defaults = ['nosuid', 'nodev'].filter((option) => !has(opposites[option] ?? '') && !has(option))
  const own = given.filter((option) => !['notmpcopyup', 'copyup', 'suid', 'dev', 'exec', 'z', 'Z', 'U', 'chown'].includes(option))
  const options = [
    ...(has('ro') ? [] : ['rw']),
    ...(has('rprivate') ? [] : ['rprivate']),
    ...defaults,
    ...own.filter((option) => option !== 'rw'),
  ]
  const copies = has('notmpcopyup') || has('tmpcopyup') ? [] : ['tmpcopyup']
  return { kind: 'tmpfs', source: 'tmpfs', destination, type: 'tmpfs', options: [...options, ...copies] }
}
