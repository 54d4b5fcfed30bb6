import { badValue } from './bad-value.ts'

/** Makes a path of the host that may be relative to the caller absolute. Who has no current folder throws. */
export type Absolute = (path: string) => string

/** Mounts of host paths, of volumes and of overlays, as libpod's API keeps them apart. */
export interface Mounts {
  mounts?: { type: string; source: string; destination: string; options: string[] }[]
  volumes?: { Name: string; Dest: string; Options?: string[]; SubPath?: string }[]
  overlay_volumes?: { source: string; destination: string; options: string[] }[]
  artifact_volumes?: { source: string; destination: string; title?: string; digest?: string; name?: string }[]
  image_volumes?: { Source: string; Destination: string; ReadWrite: boolean; subPath?: string }[]
}

const splitOptions = (options: string | undefined): string[] => (options === undefined ? [] : options.split(','))

/**
 * `[SOURCE:]DESTINATION[:OPTIONS]`: a source that begins with `/` or `.` is a path of the host, another word a volume. Which options
 * there are is the engine's to say.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function parseVolume(text: string, absolute: Absolute): Mounts {
  const [first = '', second, options, ...more] = text.split(':')
  if (more.length > 0)
    throw badValue('{volume}: incorrect volume format, should be [host-dir:]ctr-dir[:option]', { volume: text })
  if (second === undefined) return { volumes: [{ Name: '', Dest: checkDestination(first) }] }
  if (first === '') throw badValue('host directory cannot be empty')
  const destination = checkDestination(second)
  const given = splitOptions(options).map((option) => absoluteOption(option, absolute))
  if (given.includes('')) throw badValue('invalid option type ""')
  if (!/^[/.]/.test(first)) return { volumes: [{ Name: first, Dest: destination, Options: given }] }
  const source = absolute(first)
  if (given.includes('O')) return { overlay_volumes: [{ source, destination, options: given }] }
  const recursion = given.includes('bind') || given.includes('rbind') ? [] : ['rbind']
  return { mounts: [{ type: 'bind', source, destination, options: [...recursion, ...given] }] }
}

/** The folders of an overlay may be given as seen from here. */
function absoluteOption(option: string, absolute: Absolute): string {
  const [, name, folder = ''] = /^(upperdir|workdir)=(.+)$/s.exec(option) ?? []
  return name === undefined ? option : `${name}=${absolute(folder)}`
}

/** What {@link parseVolume} reads. */
export function formatVolume(source: string, destination: string, options: readonly string[]): string {
  return [source, destination, ...(options.length > 0 ? [options.join(',')] : [])].join(':')
}

/** `DESTINATION[:OPTIONS]` of a file system in memory. @throws EngineError `InvalidArgument`. */
export function parseTmpfs(text: string): Mounts {
  const [destination = '', options, ...more] = text.split(':')
  if (more.length > 0) throw badValue('incorrect tmpfs format, should be ctr-dir[:option]: --tmpfs {tmpfs}', { tmpfs: text })
  const given = splitOptions(options).filter((option) => option !== '')
  return { mounts: [{ type: 'tmpfs', source: 'tmpfs', destination: checkDestination(destination), options: given }] }
}

/** All that several flags ask for, in their order. */
export function joinMounts(all: readonly Mounts[]): Required<Mounts> {
  return {
    mounts: all.flatMap(({ mounts = [] }) => mounts),
    volumes: all.flatMap(({ volumes = [] }) => volumes),
    overlay_volumes: all.flatMap(({ overlay_volumes = [] }) => overlay_volumes),
    artifact_volumes: all.flatMap(({ artifact_volumes = [] }) => artifact_volumes),
    image_volumes: all.flatMap(({ image_volumes = [] }) => image_volumes),
  }
}

/** A place inside a container, which is an absolute path. @throws EngineError `InvalidArgument`, with podman's message. */
export function checkDestination(path: string): string {
  if (path === '') throw badValue('container directory cannot be empty')
  if (!path.startsWith('/') || path.includes('\0'))
    throw badValue('invalid container path "{destination}", must be an absolute path', { destination: path })
  return path
}

/** A path of the host that somebody gave without a current folder. @throws EngineError `InvalidArgument`. */
export function checkSource(path: string): string {
  if (path.startsWith('/') && !path.includes('\0')) return path
  throw badValue('The source "{source}" of a bind mount must be an absolute path.', { source: path })
}
