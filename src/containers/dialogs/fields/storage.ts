import { type ContainerSpec, type MountKind, mountOptions } from '../../../../engine/contract/index.ts'
import { badValue } from '../../../../engine/spec/bad-value.ts'
import {
  checkDestination,
  checkSource,
  formatVolume,
  joinMounts,
  parseTmpfs,
  parseVolume,
} from '../../../../engine/spec/mount.ts'
import { checkName } from '../../../../engine/spec/name.ts'
import { rowsField } from '../../../engine/fields/field.ts'
import type { Draft, Volume } from '../draft.ts'
import { isAnonymousVolume } from '../../../engine/anonymous-volume.ts'
import { type ContainerField, containerField, type Seen } from './container-field.ts'

const list = (text: string): string[] => text.split(/[\s,]+/).filter((each) => each !== '')

const optionsOf = ({ mode, options }: Volume): string[] => [...(mode === 'ro' ? ['ro'] : []), ...list(options)]

function volumeText(volume: Volume): string {
  const { type, source, target } = volume
  const options = optionsOf(volume)
  if (type === 'tmpfs') return target === '' ? '' : [target, ...(options.length > 0 ? [options.join(',')] : [])].join(':')
  if (source === '' && target === '') return ''
  // A volume without a name and without options has no source to write.
  if (type === 'volume' && source === '' && options.length === 0) return target
  return formatVolume(source, target, options)
}

const present = (mounts: object): ContainerSpec =>
  Object.fromEntries(Object.entries(mounts).filter(([, each]) => Array.isArray(each) && each.length > 0))

const readVolumes = (texts: readonly string[]): ContainerSpec =>
  present(joinMounts(texts.map((text) => parseVolume(text, checkSource))))
const readTmpfs = (texts: readonly string[]): ContainerSpec => present(joinMounts(texts.map(parseTmpfs)))

/** An option that the engine would refuse. @throws EngineError */
function requireOptions(kind: MountKind, options: readonly string[]): void {
  const known = (option: string) => {
    const name = option.includes('=') ? option.slice(0, option.indexOf('=') + 1) : option
    const state = Object.hasOwn(mountOptions, name) ? mountOptions[name]?.on[kind] : undefined
    return state === 'done' || state === 'warned'
  }
  const wrong = options.find((option) => !known(option))
  if (wrong !== undefined) throw badValue('There is no mount option "{option}" here.', { option: wrong })
}

/** A colon ends a path, and a folder of the host has a place there. */
function requirePaths(volume: Volume, all: readonly Volume[]): void {
  const { type, source, target } = volume
  const options = optionsOf(volume)
  if (type === 'bind') checkSource(source === '' ? missingSource() : source)
  else if (type === 'volume' && source !== '') checkName(source)
  else if (type === 'volume' && options.length > 0) throw badValue('Enter a volume name.')
  checkDestination(target)
  if (all.filter((each) => each !== volume && each.target === target).length > 0)
    throw badValue('This container path is used twice.')
  const kind = type === 'tmpfs' ? 'tmpfs' : type === 'volume' ? 'volume' : 'bind'
  requireOptions(options.includes('O') && kind !== 'tmpfs' ? (kind === 'bind' ? 'overlay' : 'volume-overlay') : kind, options)
  if (source.includes(':') || target.includes(':'))
    throw badValue('{volume}: incorrect volume format, should be [host-dir:]ctr-dir[:option]', { volume: volumeText(volume) })
}

function missingSource(): never {
  throw badValue('Enter a host path.')
}

/** What the engine adds by itself, so that nobody need say it. */
const usualOptions = new Set(['rbind', 'rprivate', 'private', 'nosuid', 'nodev', 'rw', 'ro', 'tmpcopyup'])

const volume = (type: string, source: string, target: string, options: readonly string[], writable: boolean): Volume => ({
  type,
  source,
  target,
  mode: writable ? 'rw' : 'ro',
  options: options.filter((each) => !usualOptions.has(each)).join(','),
})

/** Folders, volumes and memory file systems. Volumes that the image asks for come by themselves. */
function volumesOf({ inspect, image, sameContainer }: Seen): Volume[] {
  const byImage = (target: string) => Object.keys(image?.Config.Volumes ?? {}).includes(target)
  const mounts = inspect.Mounts.filter(({ Name = '', Destination }) => !(isAnonymousVolume(Name) && byImage(Destination)))
  return [
    ...mounts.map(({ Type, Name = '', Source, Destination, Options, RW, Propagation }) => {
      const lower = (Options ?? []).find((each) => each.startsWith('lowerdir='))
      if (lower !== undefined) return volume('bind', lower.slice('lowerdir='.length), Destination, ['O'], true)
      const extra = [...(Options ?? []), Propagation].filter((each) => each !== '')
      if (Type !== 'volume') return volume('bind', Source, Destination, extra, RW)
      return volume('volume', isAnonymousVolume(Name) && !sameContainer ? '' : Name, Destination, extra, RW)
    }),
    ...Object.entries((inspect.HostConfig['Tmpfs'] ?? {}) as Record<string, string>).map(([target, options]) =>
      volume('tmpfs', '', target, options.split(','), !options.split(',').includes('ro')),
    ),
  ]
}

const sample: Volume = { type: 'bind', source: '/source', target: '/target', mode: 'rw', options: '' }
const isTmpfs = ({ type }: Volume): boolean => type === 'tmpfs'

/** Folders of the host, volumes and memory file systems: one list for the person, two flags for the command line. */
const plain = rowsField<Draft, Volume, ContainerSpec>('volumes', '--volume', {
  rows: ({ volumes }) => volumes.filter((each) => !isTmpfs(each)),
  text: volumeText,
  read: readVolumes,
  require: requirePaths,
  sample,
})
const memory = rowsField<Draft, Volume, ContainerSpec>('volumes', '--tmpfs', {
  rows: ({ volumes }) => volumes.filter(isTmpfs),
  text: volumeText,
  read: readTmpfs,
  require: requirePaths,
  sample: { ...sample, type: 'tmpfs', source: '' },
})

/** What a container mounts. */
export const storageFields: readonly ContainerField[] = [
  containerField(
    {
      name: 'volumes',
      flags: [...plain.flags, ...memory.flags],
      words: (draft) => [...plain.words(draft), ...memory.words(draft)],
      request: (draft) => {
        const [one, other] = [plain.request(draft), memory.request(draft)]
        const mounts = [...(one.mounts ?? []), ...(other.mounts ?? [])]
        return { ...one, ...(mounts.length > 0 ? { mounts } : {}) }
      },
      check: (draft) => draft.volumes.map((each, at) => errorAt(draft, each, at)),
    },
    { fill: (seen) => ({ volumes: volumesOf(seen) }) },
  ),
]

/** What is wrong with one row; the others count where a path is used twice. */
function errorAt(draft: Draft, each: Volume, at: number) {
  const field = isTmpfs(each) ? memory : plain
  // A row of the other kind says nothing here, but keeps its place.
  const volumes = draft.volumes.map((row, index) => (index === at ? row : { ...row, type: each.type, options: '' }))
  const errors = field.check({ ...draft, volumes })
  return Array.isArray(errors) ? errors[at] : undefined
}
