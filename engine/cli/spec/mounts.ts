import path from 'node:path'

import type { Mount, NamedVolume } from '../../contract/index.ts'
import { UsageError } from '../parse/usage-error.ts'

/** Mounts of host paths and of volumes, as the API keeps them apart. */
export interface Mounts {
  mounts: Mount[]
  volumes: NamedVolume[]
}

/** What `-v`, `--mount` and `--tmpfs` ask for. @throws UsageError */
export function parseMounts(flags: { volume: readonly string[]; mount: readonly string[]; tmpfs: readonly string[] }): Mounts {
  const found: Mounts = { mounts: [], volumes: [] }
  for (const volume of flags.volume) addVolume(found, volume)
  for (const mount of flags.mount) addMount(found, mount)
  for (const tmpfs of flags.tmpfs) {
    const [destination = '', options] = tmpfs.split(':')
    found.mounts.push({
      type: 'tmpfs',
      source: 'tmpfs',
      destination,
      options: ['rprivate', 'nosuid', 'nodev', 'tmpcopyup', ...splitOptions(options)],
    })
  }
  return found
}

const splitOptions = (options: string | undefined) => (options ?? '').split(',').filter((option) => option !== '')

/** `[SOURCE:]DESTINATION[:OPTIONS]`: a path that begins with `/` or `.` is the host's, another word a volume. */
function addVolume(found: Mounts, text: string): void {
  const [first = '', second, options, ...more] = text.split(':')
  if (more.length > 0) throw new UsageError(`incorrect volume format, should be [host-dir:]ctr-dir[:option]`)
  if (second === undefined) {
    found.volumes.push({ Name: '', Dest: first })
    return
  }
  if (first === '') throw new UsageError('host directory cannot be empty')
  if (/^[/.]/.test(first))
    found.mounts.push({
      type: 'bind',
      source: path.resolve(first),
      destination: second,
      options: ['rbind', ...splitOptions(options)],
    })
  else found.volumes.push({ Name: first, Dest: second, Options: splitOptions(options) })
}

/** `type=bind,source=…,target=…,ro=true`. */
function addMount(found: Mounts, text: string): void {
  let type = 'volume'
  let source = ''
  let destination = ''
  const options: string[] = []
  for (const part of text.split(',')) {
    const equals = part.indexOf('=')
    const [key, value] = equals < 0 ? [part, undefined] : [part.slice(0, equals), part.slice(equals + 1)]
    if (key === 'type') type = value ?? ''
    else if (key === 'source' || key === 'src') source = value ?? ''
    else if (key === 'target' || key === 'dst' || key === 'destination') destination = value ?? ''
    else options.push(...mountOption(type, key, value, text))
  }
  if (destination === '') throw new UsageError(`must set volume destination: --mount ${text}`)
  if (type === 'bind') {
    if (source === '') throw new UsageError(`must set source for a bind mount: --mount ${text}`)
    found.mounts.push({
      type,
      source: path.resolve(source),
      destination,
      options: [...(options.includes('bind') ? [] : ['rbind']), ...options],
    })
  } else if (type === 'tmpfs' || type === 'ramfs') found.mounts.push({ type, source: type, destination, options })
  else if (type === 'volume') found.volumes.push({ Name: source, Dest: destination, Options: options })
  else if (type === 'devpts') found.mounts.push({ type, source: type, destination, options })
  else throw new UsageError(`invalid filesystem type "${type}": use bind, volume or tmpfs`)
}

function mountOption(type: string, key: string, value: string | undefined, text: string): string[] {
  const on = value === undefined || /^(true|1)$/i.test(value)
  if (key === 'ro' || key === 'readonly') return [on ? 'ro' : 'rw']
  if (key === 'rw' || key === 'readwrite') return [on ? 'rw' : 'ro']
  if (key === 'bind-propagation') return [value ?? '']
  if (key === 'bind-nonrecursive') return on ? ['bind'] : ['rbind']
  if (key === 'relabel') return [value === 'shared' ? 'z' : 'Z']
  if (key === 'tmpfs-size' || key === 'size') return [`size=${value}`]
  if (key === 'tmpfs-mode' || key === 'mode') return [`mode=${value}`]
  if (key === 'tmpcopyup' || key === 'notmpcopyup') return [key]
  if (key === 'U' || key === 'chown') return on ? ['U'] : []
  if (
    [
      'nosuid',
      'suid',
      'nodev',
      'dev',
      'noexec',
      'exec',
      'z',
      'Z',
      'private',
      'rprivate',
      'shared',
      'rshared',
      'slave',
      'rslave',
    ].includes(key)
  )
    return [key]
  if (type === 'volume' && (key === 'subpath' || key === 'volume-subpath')) return [`subpath=${value}`]
  throw new UsageError(`invalid mount option "${key}" in --mount ${text}`)
}
