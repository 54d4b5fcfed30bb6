import type { EngineError } from '../errors/index.ts'
import { badValue } from './bad-value.ts'
import { type Absolute, checkDestination, type Mounts } from './mount.ts'
import { splitPair } from './pair.ts'

const destinations = ['target', 'dst', 'destination', 'dest']

/**
 * `type=bind,source=…,target=…,ro=true`; a part that holds a comma is put in double quotes.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function parseMount(text: string, absolute: Absolute): Mounts {
  const parts = splitParts(text).map(splitPair)
  if (!parts.some(([key, value]) => value !== undefined && (key === 'type' || destinations.includes(key))))
    throw badValue(
      'incorrect mount format: should be --mount type=<bind|glob|tmpfs|volume>,[src=<host-dir|volume-name>,]target=<ctr-dir>[,options]',
    )
  const last = (...names: string[]) => parts.findLast(([key]) => names.includes(key))?.[1] ?? ''
  const type = parts.some(([key]) => key === 'type') ? last('type') : 'volume'
  if (!Object.hasOwn(keys, type))
    throw badValue('invalid filesystem type "{type}": use artifact, bind, devpts, glob, image, ramfs, tmpfs or volume', { type })
  const source = last('source', 'src')
  const destination = last(...destinations)
  const options = parts
    .filter(([key]) => !['type', 'source', 'src', ...destinations].includes(key))
    .flatMap(([key, value]) => mountOption(type, key, value, text))
  if (type === 'glob') return globMount(source, destination, options, text)
  if (destination === '') throw badValue('must set volume destination: --mount {mount}', { mount: text })
  checkDestination(destination)
  if (type === 'volume') return { volumes: [namedVolume(source, destination, options)] }
  if (type === 'artifact') return { artifact_volumes: [artifactVolume(source, destination, options, text)] }
  if (type === 'image') return { image_volumes: [imageVolume(source, destination, options, text)] }
  if (type !== 'bind') {
    if (source !== '')
      throw badValue('"source" option not supported for "{type}" mount types: --mount {mount}', { type, mount: text })
    return { mounts: [{ type, source: type, destination, options }] }
  }
  if (source === '') throw badValue('must set source for a bind mount: --mount {mount}', { mount: text })
  const recursion = options.includes('bind') ? [] : ['rbind']
  return { mounts: [{ type, source: absolute(source), destination, options: [...recursion, ...options] }] }
}

/** Host files that match; who can see them replaces it by a mount for each. */
function globMount(source: string, destination: string, options: readonly string[], text: string): Mounts {
  if (source === '') throw badValue('must set source for a glob mount: --mount {mount}', { mount: text })
  if (destination !== '') checkDestination(destination)
  const recursion = options.includes('bind') ? [] : ['rbind']
  return { mounts: [{ type: 'glob', source, destination, options: [...recursion, ...options] }] }
}

function imageVolume(
  source: string,
  destination: string,
  options: readonly string[],
  text: string,
): NonNullable<Mounts['image_volumes']>[number] {
  if (source === '') throw badValue('must set source and destination for image volume: --mount {mount}', { mount: text })
  const subPath = options.find((option) => option.startsWith('subpath='))?.slice('subpath='.length)
  return {
    Source: source,
    Destination: destination,
    ReadWrite: options.includes('rw'),
    ...(subPath === undefined ? {} : { subPath }),
  }
}

function artifactVolume(
  source: string,
  destination: string,
  options: readonly string[],
  text: string,
): NonNullable<Mounts['artifact_volumes']>[number] {
  if (source === '') throw badValue('must set source for artifact mount: --mount {mount}', { mount: text })
  return { source, destination, ...Object.fromEntries(options.filter((option) => option.includes('=')).map(splitPair)) }
}

function namedVolume(Name: string, Dest: string, options: readonly string[]): NonNullable<Mounts['volumes']>[number] {
  const subpath = options.find((option) => option.startsWith('subpath='))?.slice('subpath='.length)
  const Options = options.filter((option) => !option.startsWith('subpath='))
  return { Name, Dest, Options, ...(subpath === undefined ? {} : { SubPath: subpath }) }
}

/** One line of comma-separated values (RFC 4180). */
function splitParts(text: string): string[] {
  const parts = text.match(/(?:"(?:[^"]|"")*"|[^",]*)(?:,|$)/g) ?? []
  if (parts.join('') !== text)
    throw badValue('a double quote in --mount {mount} is not closed, or not around a whole part', { mount: text })
  return parts
    .map((part) => part.replace(/,$/, ''))
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
}

/** What `key=value` of a mount flag is among the engine's options; an empty list for one that is off. */
type Translate = (value: string | undefined, bad: () => EngineError) => string[]

const flag =
  (on: string, off?: string): Translate =>
  (value, bad) => {
    if (value !== undefined && !/^(true|false|1|0)$/i.test(value)) throw bad()
    if (value === undefined || /^(true|1)$/i.test(value)) return [on]
    return off === undefined ? [] : [off]
  }
const text =
  (name: string): Translate =>
  (value, bad) => {
    if (value === undefined) throw bad()
    return value === '' && name === 'subpath' ? [] : [`${name}=${value}`]
  }
const oneOf =
  (values: Record<string, string>): Translate =>
  (value = '', bad) => {
    if (!Object.hasOwn(values, value)) throw bad()
    return [values[value] as string]
  }
const itself = (...names: string[]) => Object.fromEntries(names.map((name) => [name, flag(name)]))
const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable']
const same = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]))

const usual: Record<string, Translate> = {
  ro: flag('ro', 'rw'),
  readonly: flag('ro', 'rw'),
  rw: flag('rw', 'ro'),
  readwrite: flag('rw', 'ro'),
  U: flag('U'),
  chown: flag('U'),
  // For Docker's desktops; everywhere else, also to podman, it means nothing.
  consistency: (value) => [`consistency=${value ?? ''}`],
  ...itself('nosuid', 'suid', 'nodev', 'dev', 'noexec', 'exec', ...propagations),
}
const labels = { relabel: oneOf({ shared: 'z', private: 'Z' }), ...itself('z', 'Z') }
const idmap: Translate = (value) => [value === undefined ? 'idmap' : `idmap=${value}`]
const memory = {
  'tmpfs-size': text('size'),
  size: text('size'),
  'tmpfs-mode': text('mode'),
  mode: text('mode'),
  ...itself('tmpcopyup', 'notmpcopyup', 'noswap'),
}

const bindKeys: Record<string, Translate> = {
  ...usual,
  ...labels,
  idmap,
  'bind-propagation': oneOf(same(propagations)),
  'bind-nonrecursive': flag('bind', 'rbind'),
  'no-dereference': flag('no-dereference'),
}

const keys: Record<string, Record<string, Translate>> = {
  bind: bindKeys,
  glob: bindKeys,
  artifact: { title: text('title'), digest: text('digest'), name: text('name') },
  image: { rw: flag('rw', 'ro'), readwrite: flag('rw', 'ro'), subpath: text('subpath'), consistency: () => [] },
  volume: {
    ...usual,
    ...labels,
    idmap,
    subpath: text('subpath'),
    'volume-subpath': text('subpath'),
    'volume-nocopy': flag('nocopy', 'copy'),
    nocopy: flag('nocopy', 'copy'),
    'volume-opt': text('volume-opt'),
  },
  tmpfs: { ...usual, ...memory },
  ramfs: { ...usual, ...memory },
  devpts: { ...usual, uid: text('uid'), gid: text('gid'), mode: text('mode'), max: text('max') },
}

function mountOption(type: string, key: string, value: string | undefined, whole: string): string[] {
  const known = keys[type] ?? {}
  if (!Object.hasOwn(known, key))
    throw badValue('invalid mount option "{key}" of a {type} mount in --mount {mount}', { key, type, mount: whole })
  return known[key]!(value, () => badValue('invalid value of "{key}" in --mount {mount}', { key, mount: whole }))
}
