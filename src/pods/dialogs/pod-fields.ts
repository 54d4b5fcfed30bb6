import type { PodSpec } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { parseInteger } from '../../../engine/spec/integer.ts'
import { checkMemory, cpuQuota, parseCpus, parseMemory } from '../../../engine/spec/limit.ts'
import { checkHostname, checkName } from '../../../engine/spec/name.ts'
import { parsePairs } from '../../../engine/spec/pair.ts'
import { parseRestartPolicy } from '../../../engine/spec/restart-policy.ts'
import { argumentField, type Field, rowsField, textField } from '../../engine/fields/field.ts'
import { type Port, portsField } from '../../engine/fields/port-rows.ts'

/** What a pod's containers can share. */
export const shareable = ['ipc', 'net', 'uts', 'pid'] as const
export type Shareable = (typeof shareable)[number]

/** A label as somebody is describing it. */
export type Label = Record<'name' | 'value', string>

/** A pod as somebody is describing it. */
export interface PodDraft {
  /** Empty: the engine invents one. */
  name: string
  hostname: string
  ports: readonly Port[]
  /** A mode or a network's name; empty for the default. */
  network: string
  labels: readonly Label[]
  /** In MiB. */
  memory: string
  cpus: string
  pids: string
  infra: boolean
  share: readonly Shareable[]
  restart: 'no' | 'on-failure' | 'always' | 'unless-stopped'
  exitPolicy: 'continue' | 'stop'
  userns: string
}

const usualShare: readonly Shareable[] = ['ipc', 'net', 'uts']

export const emptyPod: PodDraft = {
  name: '',
  hostname: '',
  ports: [],
  network: '',
  labels: [],
  memory: '',
  cpus: '',
  pids: '',
  infra: true,
  share: usualShare,
  restart: 'no',
  exitPolicy: 'continue',
  userns: '',
}

const emptyLabel: Label = { name: 'a', value: '' }
const modes = ['bridge', 'host', 'none', 'private', 'pasta']

function readNetwork(text: string): PodSpec {
  if (modes.includes(text)) return { netns: { nsmode: text as 'host' } }
  checkName(text)
  return { netns: { nsmode: 'bridge' }, Networks: { [text]: {} } }
}

function readMemory(text: string): PodSpec {
  const limit = parseMemory(text)
  checkMemory({ limit })
  if (limit === 0) throw badValue('Enter a number above 0.')
  return { resource_limits: { memory: { limit } } }
}

function readCpus(text: string): PodSpec {
  const cpu = cpuQuota(parseCpus(text))
  if (!cpu) throw badValue('Enter a number above 0 and at most the number of CPUs of the host.')
  return { resource_limits: { cpu } }
}

function readPids(text: string): PodSpec {
  const limit = parseInteger(text)
  if (limit < 1) throw badValue('Enter a number above 0.')
  return { resource_limits: { pids: { limit } } }
}

const isUsual = ({ share }: PodDraft) => share.length === usualShare.length && usualShare.every((each) => share.includes(each))

/** Without an infra container nothing can be shared or published. */
const ifInfra = (text: (draft: PodDraft) => string) => (draft: PodDraft) => (draft.infra ? text(draft) : '')

/** Every field of a pod's description. */
export const podFields: readonly Field<PodDraft, PodSpec>[] = [
  argumentField('name', {
    words: ({ name }) => (name === '' ? [] : [name]),
    request: ({ name }): PodSpec => (name === '' ? {} : { name }),
    require: ({ name }) => {
      if (name !== '') checkName(name)
    },
  }),
  textField('hostname', '--hostname', {
    text: ({ hostname }) => hostname.trim(),
    read: (text) => ({ hostname: checkHostname(text) }),
  }),
  portsField('ports', ({ ports, infra }) => (infra ? ports : [])),
  textField('network', '--network', { text: ifInfra(({ network }) => network.trim()), read: readNetwork }),
  rowsField('labels', '--label', {
    rows: ({ labels }) => labels,
    text: ({ name, value }: Label) => (name === '' && value === '' ? '' : `${name}=${value}`),
    read: (texts) => ({ labels: parsePairs(texts, 'label') }),
    sample: emptyLabel,
  }),
  textField('memory', '--memory', {
    text: ({ memory }) => (memory.trim() === '' ? '' : `${memory.trim().replace(',', '.')}m`),
    read: readMemory,
  }),
  textField('cpus', '--cpus', { text: ({ cpus }) => cpus.trim().replace(',', '.'), read: readCpus }),
  textField('pids', '--pids-limit', { text: ({ pids }) => pids.trim(), read: readPids }),
  {
    name: 'infra',
    flags: ['--infra'],
    words: ({ infra }) => (infra ? [] : ['--infra=false']),
    request: ({ infra }) => (infra ? {} : { no_infra: true }),
    check: () => undefined,
  },
  textField('share', '--share', {
    text: ifInfra((draft) => (isUsual(draft) ? '' : shareable.filter((each) => draft.share.includes(each)).join(',') || 'none')),
    read: (text) => ({ shared_namespaces: text.split(',') }),
  }),
  textField('restart', '--restart', {
    text: ({ restart }) => (restart === 'no' ? '' : restart),
    read: (text) => ({ restart_policy: parseRestartPolicy(text).name }),
  }),
  textField('exitPolicy', '--exit-policy', {
    text: ({ exitPolicy }) => (exitPolicy === 'continue' ? '' : exitPolicy),
    read: (text) => ({ exit_policy: text }),
  }),
  textField('userns', '--userns', {
    text: ifInfra(({ userns }) => userns),
    read: (text) => ({ userns: { nsmode: text as 'host' } }),
  }),
]
