import { containerTypes } from '../output/template/types/container.ts'
import { imageTypes } from '../output/template/types/image.ts'
import { listTypes } from '../output/template/types/list.ts'
import { networkTypes } from '../output/template/types/network.ts'
import { podTypes } from '../output/template/types/pod.ts'
import { systemTypes } from '../output/template/types/system.ts'
import { secretTypes, volumeTypes } from '../output/template/types/volume.ts'
import { fieldsOf, type GoTypes } from '../output/template/typed.ts'
import type { Candidate } from './candidate.ts'

interface Shape {
  types: GoTypes
  type: string
  /** Names that a row has besides those of the type. */
  more?: string
}

/** What templates of each command can name. */
const shapes: Readonly<Record<string, Shape>> = {
  'container inspect': { types: containerTypes, type: 'define.InspectContainerData' },
  inspect: { types: containerTypes, type: 'define.InspectContainerData' },
  'image inspect': { types: imageTypes, type: 'inspect.ImageData' },
  'pod inspect': { types: podTypes, type: 'define.InspectPodData' },
  'network inspect': { types: networkTypes, type: 'types.NetworkInspectReport' },
  'network ls': { types: networkTypes, type: 'types.Network' },
  'volume inspect': { types: volumeTypes, type: 'define.InspectVolumeData' },
  'volume ls': { types: volumeTypes, type: 'define.InspectVolumeData' },
  'secret inspect': { types: secretTypes, type: 'types.SecretInfoReport' },
  info: { types: systemTypes, type: 'system.infoReport' },
  version: { types: systemTypes, type: 'types.SystemVersionReport' },
  ps: { types: listTypes, type: 'types.ListContainer', more: 'CreatedHuman RunningFor CGROUPNS IPC MNT NET PIDNS USERNS UTS' },
  'pod ps': {
    types: listTypes,
    type: 'types.ListPodsReport',
    more: 'ID InfraID NumberOfContainers ContainerIds ContainerNames ContainerStatuses Restarts',
  },
  images: {
    types: listTypes,
    type: 'types.ImageSummary',
    more: 'Repository Tag CreatedAt CreatedSince CreatedTime IsDangling IsReadOnly',
  },
  history: { types: listTypes, type: 'types.ImageHistoryLayer', more: 'CreatedAt CreatedSince' },
  stats: { types: listTypes, type: 'define.ContainerStats', more: 'ID CPUPerc AVGCPU MemUsageBytes NetIO BlockIO PIDS' },
  events: { types: listTypes, type: 'system.Event', more: 'Attributes' },
  'system df': { types: {}, type: '', more: 'Type Total Active Size Reclaimable RawSize RawReclaimable' },
  'system connection list': { types: {}, type: '', more: 'Name URI Identity Default ReadWrite IsMachine' },
}

/** `json`, and the fields that may follow `{{.`, as far as they are typed. */
export function formatFields(command: string, current: string): Candidate[] {
  const shape = shapes[command]
  if (!shape) return [['json']]
  const [, before = '', path = ''] = /^(.*\{\{\s*)\.((?:\w+\.)*)\w*$/s.exec(current) ?? []
  if (before === '') {
    const beginnings = command.endsWith('inspect') ? ['json', '{{.'] : ['json', 'table ', '{{.']
    return beginnings.map((word) => [word] as const)
  }
  const { types } = shape
  let type = shape.type
  for (const name of path.split('.').slice(0, -1)) {
    const field = fieldsOf(types[type] ?? '').find((each) => each.name === name)
    if (!field) return []
    type = field.type.replace(/^\*/, '')
  }
  const own = fieldsOf(types[type] ?? '').flatMap(({ name, type: target, embedded }) =>
    embedded ? fieldsOf(types[target.replace(/^\*/, '')] ?? '') : [{ name, type: target }],
  )
  const fields = own.map(({ name, type: target }) => `${name}${target.replace(/^\*/, '') in types ? '.' : '}}'}`)
  const more = path === '' ? (shape.more?.split(' ').map((name) => `${name}}}`) ?? []) : []
  return [...new Set([...fields, ...more])].map((field) => [`${before}.${path}${field}`] as const)
}
