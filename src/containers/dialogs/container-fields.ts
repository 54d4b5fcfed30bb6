import type { ContainerSpec } from '../../../engine/contract/index.ts'
import { badValue } from '../../../engine/spec/bad-value.ts'
import { checkMemory, cpuQuota, parseCpus, parseMemory } from '../../../engine/spec/limit.ts'
import { checkSource, formatVolume, joinMounts, parseVolume } from '../../../engine/spec/mount.ts'
import { checkName } from '../../../engine/spec/name.ts'
import { checkPairName, parseVariable } from '../../../engine/spec/pair.ts'
import { parseRestartPolicy } from '../../../engine/spec/restart-policy.ts'
import { splitCommand } from '../../ui/command-line/shell-words.ts'
import {
  argumentField,
  checkFields,
  type Field,
  type FieldErrors,
  requestOf,
  rowsField,
  switchField,
  textField,
  wordsOf,
} from '../../engine/fields/field.ts'
import { portsField } from '../../engine/fields/port-rows.ts'
import { problemIn } from '../../i18n/problem.ts'
import type { Draft, Volume } from './draft.ts'

type ContainerField = Field<Draft, ContainerSpec>

const memoryText = ({ memory, memoryUnit }: Draft): string =>
  memory === '' ? '' : `${memory.trim().replace(',', '.')}${memoryUnit === 'MiB' ? 'm' : 'g'}`

/** People type what their language has for a decimal point. */
const cpusText = ({ cpus }: Draft): string => cpus.trim().replace(',', '.')

function readMemory(text: string): ContainerSpec {
  const limit = parseMemory(text)
  checkMemory({ limit })
  if (limit === 0) throw badValue('Enter a number above 0.')
  return { resource_limits: { memory: { limit } } }
}

function readCpus(text: string): ContainerSpec {
  const cpu = cpuQuota(parseCpus(text))
  if (!cpu) throw badCpus()
  return { resource_limits: { cpu } }
}

const badCpus = () => badValue('Enter a number above 0 and at most the number of CPUs of the host.')

function readVariables(texts: readonly string[]): ContainerSpec {
  const variables = texts.map(parseVariable)
  return { env: Object.fromEntries(variables.map(([name, value = '']) => [name, value])) }
}

function requireVariableName({ name }: { name: string }): void {
  checkPairName(name, 'variable')
  if (/[=\s]/.test(name)) throw badValue('A variable name cannot contain an equals sign or spaces.')
}

function readVolumes(texts: readonly string[]): ContainerSpec {
  const all = joinMounts(texts.map((text) => parseVolume(text, checkSource)))
  return Object.fromEntries(Object.entries(all).filter(([, mounts]) => mounts.length > 0))
}

/** Without a source it would be a volume without a name, and a colon ends a path. */
function requirePaths({ source, target }: Volume): void {
  if (source === '') throw badValue('Enter a host path or a volume name.')
  if (!/^[/.]/.test(source)) checkName(source)
  const volume = formatVolume(source, target, [])
  if (volume.split(':').length > 2)
    throw badValue('{volume}: incorrect volume format, should be [host-dir:]ctr-dir[:option]', { volume })
}

function requireImage({ image }: Draft): void {
  const name = image.trim()
  if (name === '') throw badValue('Enter an image name.')
  if (/\s/.test(name)) throw badValue('An image name cannot contain spaces.')
  if (name.startsWith('-')) throw badValue('An image name cannot start with a dash.')
}

const imageField = argumentField<Draft, ContainerSpec>('image', {
  words: ({ image }) => [image.trim() || 'IMAGE'],
  request: ({ image }) => ({ image: image.trim() }),
  require: requireImage,
})

function wordsIn(field: 'command' | 'entrypoint', text: string): ContainerSpec {
  const words = splitCommand(text)
  return words.length === 0 ? {} : { [field]: words }
}

const commandField = argumentField<Draft, ContainerSpec>('command', {
  words: ({ command }) => splitCommand(command),
  request: ({ command }) => wordsIn('command', command),
})

/** One word as it is, several as a JSON list. One that would be taken for a list is a list of itself. */
function entrypointText({ entrypoint }: Draft): string {
  const words = splitCommand(entrypoint)
  const [first = ''] = words
  return words.length > 1 || first.startsWith('[') ? JSON.stringify(words) : first
}

const entrypointField: ContainerField = {
  ...textField<Draft, ContainerSpec>('entrypoint', '--entrypoint', { text: entrypointText, read: () => ({}) }),
  request: ({ entrypoint }) => wordsIn('entrypoint', entrypoint),
}

/**
 * Every field of a container's description. A new one is added here and to {@link Draft}; test/page-fields.test.ts then holds its request
 * against its command line.
 */
export const containerFields: readonly ContainerField[] = [
  textField('name', '--name', {
    text: ({ name }) => name,
    read: (name) => {
      checkName(name)
      return { name }
    },
  }),
  textField('pod', '--pod', { text: ({ pod }) => pod, read: (pod) => ({ pod }) }),
  switchField('terminal', ['--interactive', '--tty'], ({ terminal }) => terminal, { stdin: true, terminal: true }),
  textField('restart', '--restart', {
    text: ({ restart }) => (restart === 'no' ? '' : restart),
    read: (text) => ({ restart_policy: parseRestartPolicy(text).name }),
  }),
  textField('memory', '--memory', { text: memoryText, read: readMemory }),
  textField('cpus', '--cpus', { text: cpusText, read: readCpus }),
  rowsField('variables', '--env', {
    rows: ({ variables }) => variables,
    text: ({ name, value }) => (name === '' && value === '' ? '' : `${name}=${value}`),
    read: readVariables,
    require: requireVariableName,
    sample: { name: 'NAME', value: '' },
  }),
  // In a pod they are the pod's.
  portsField('ports', ({ ports, pod }) => (pod === '' ? ports : [])),
  rowsField('volumes', '--volume', {
    rows: ({ volumes }) => volumes,
    text: ({ source, target, mode }) =>
      source === '' && target === '' ? '' : formatVolume(source, target, mode === 'ro' ? ['ro'] : []),
    read: readVolumes,
    require: requirePaths,
    sample: { source: '/source', target: '/target', mode: 'rw' },
  }),
  entrypointField,
  imageField,
  commandField,
]

/** Looks for what the engine would refuse, before it is asked. */
export function checkDraft(draft: Draft, host: { cpus: number }): FieldErrors<Draft> {
  const errors = checkFields(containerFields, draft)
  return { ...errors, cpus: errors.cpus ?? problemIn(() => requireCpus(draft, host)) }
}

function requireCpus(draft: Draft, host: { cpus: number }): void {
  const text = cpusText(draft)
  if (text !== '' && parseCpus(text) > host.cpus) throw badCpus()
}

/** The engine's form of the description. */
export const toSpec = (draft: Draft): ContainerSpec => requestOf(containerFields, draft)

/** The same as the words of a command line. */
export const toCommand = (draft: Draft, program: string): string[] => [
  program,
  ...(draft.start ? ['run', '--detach'] : ['create']),
  ...wordsOf(containerFields, draft),
]
