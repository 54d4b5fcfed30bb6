import type { Input } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { checkName } from '../../../engine/spec/name.ts'
import { checkPairName, parsePairs } from '../../../engine/spec/pair.ts'
import { parseVolumeOptions } from '../../../engine/spec/volume-options.ts'
import { argumentField, type Field, rowsField } from '../../engine/fields/field.ts'
import { problemIn } from '../../i18n/problem.ts'

/** A name and its value. */
type Pair = Record<'name' | 'value', string>

/** What a volume shows: files of its own, a folder of the host, memory, another file system, or an image. */
export type VolumeKind = 'plain' | 'bind' | 'tmpfs' | 'mount' | 'image'

/** A volume as somebody is describing it. */
export interface VolumeDraft {
  name: string
  kind: VolumeKind
  /** Of a folder of the host and of another file system: what is mounted. */
  device: string
  /** Of another file system: its type. */
  type: string
  /** Options of mount(8), with commas between them. */
  options: string
  image: string
  labels: readonly Pair[]
}

export const emptyVolumeDraft: VolumeDraft = {
  name: '',
  kind: 'plain',
  device: '',
  type: 'nfs',
  options: '',
  image: '',
  labels: [],
}

type Request = Input<'volume.create'>['body']
type VolumeField = Field<VolumeDraft, Request>

const joined = (...options: string[]): string => options.filter((option) => option !== '').join(',')

/** The driver's options for a kind. */
function optionsOf({ kind, device, type, options, image }: VolumeDraft): Record<string, string> {
  switch (kind) {
    case 'plain':
      return options === '' ? {} : { o: options }
    case 'bind':
      return { type: 'none', device, o: joined('bind', options) }
    case 'tmpfs':
      return { type: 'tmpfs', device: 'tmpfs', ...(options === '' ? {} : { o: options }) }
    case 'mount':
      return { type, device, ...(options === '' ? {} : { o: options }) }
    case 'image':
      return { image }
  }
}

const driverOf = ({ kind }: VolumeDraft): string => (kind === 'image' ? 'image' : 'local')

function requireKind(draft: VolumeDraft): void {
  const { kind, device, type, image } = draft
  if (kind === 'bind' && !device.startsWith('/')) throw badValue('Enter an absolute path of the host.')
  if (kind === 'mount' && (device === '' || type === '')) throw badValue('Enter a type and what is mounted.')
  if (kind === 'image' && image === '') throw badValue('Enter an image name.')
  parseVolumeOptions(driverOf(draft), optionsOf(draft))
}

/** What the volume shows: one choice for the person, two flags for the command line. */
const kindField: VolumeField = {
  name: 'kind',
  flags: ['--driver', '--opt'],
  words: (draft) => [
    ...(draft.kind === 'image' ? ['--driver', 'image'] : []),
    ...Object.entries(optionsOf(draft)).flatMap(([name, value]) => ['--opt', `${name}=${value}`]),
  ],
  request: (draft) => {
    const options = optionsOf(draft)
    return {
      ...(draft.kind === 'image' ? { Driver: 'image' } : {}),
      ...(Object.keys(options).length > 0 ? { Options: options } : {}),
    }
  },
  check: (draft) => problemIn(() => requireKind(draft)),
}

/** Every field of a volume's description. */
export const volumeFields: readonly VolumeField[] = [
  kindField,
  rowsField<VolumeDraft, Pair, Request>('labels', '--label', {
    rows: ({ labels }) => labels,
    text: ({ name, value }) => (name === '' && value === '' ? '' : `${name}=${value}`),
    read: (texts) => ({ Labels: parsePairs(texts, 'label') }),
    require: ({ name }) => {
      if (name === '') throw badValue('Enter a label.')
      checkPairName(name, 'label')
    },
    sample: { name: 'a', value: '' },
  }),
  argumentField('name', {
    words: ({ name }) => (name === '' ? [] : [name]),
    request: ({ name }): Partial<Request> => (name === '' ? {} : { Name: name }),
    require: ({ name }) => {
      if (name !== '') checkName(name)
    },
  }),
]
