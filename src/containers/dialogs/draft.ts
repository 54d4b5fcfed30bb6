import type { ContainerSpec, PortMapping } from '../../../engine/contract/index.ts'
import { splitCommand } from '../../lib/command-line.ts'
import { _ } from '../../lib/gettext.ts'
import { nameError } from '../../lib/names.ts'

export type Variable = Record<'name' | 'value', string>
export type Port = Record<'address' | 'host' | 'container' | 'protocol', string>
export type Volume = Record<'source' | 'target' | 'mode', string>
export type RestartPolicy = 'no' | 'on-failure' | 'always' | 'unless-stopped'
export type MemoryUnit = 'MiB' | 'GiB'

/** A container as somebody is describing it: the text of each field. */
export interface Draft {
  image: string
  name: string
  pod: string
  command: string
  entrypoint: string
  terminal: boolean
  variables: readonly Variable[]
  ports: readonly Port[]
  volumes: readonly Volume[]
  restart: RestartPolicy
  memory: string
  memoryUnit: MemoryUnit
  cpus: string
  start: boolean
}

/** What a new description begins with. */
export const emptyDraft: Draft = {
  image: '',
  name: '',
  pod: '',
  command: '',
  entrypoint: '',
  terminal: false,
  variables: [],
  ports: [],
  volumes: [],
  restart: 'no',
  memory: '',
  memoryUnit: 'MiB',
  cpus: '',
  start: true,
}

export const emptyVariable: Variable = { name: '', value: '' }
export const emptyPort: Port = { address: '', host: '', container: '', protocol: 'tcp' }
export const emptyVolume: Volume = { source: '', target: '', mode: 'rw' }

/** What is wrong, by field; rows have one entry each. */
export interface DraftErrors {
  image?: string
  name?: string
  memory?: string
  cpus?: string
  variables: readonly (string | undefined)[]
  ports: readonly (string | undefined)[]
  volumes: readonly (string | undefined)[]
}

const units: Record<MemoryUnit, number> = { MiB: 1024 ** 2, GiB: 1024 ** 3 }
const leastMemory = 4 * 1024 ** 2

const memoryBytes = ({ memory, memoryUnit }: Draft): number => Math.round(Number(memory.replace(',', '.')) * units[memoryUnit])
const cpuCount = ({ cpus }: Draft): number => Number(cpus.replace(',', '.'))

/** Looks for what the engine would refuse, before it is asked. */
export function checkDraft(draft: Draft, limits: { cpus: number }): DraftErrors {
  return {
    image: checkImage(draft.image),
    name: nameError(draft.name),
    memory: draft.memory === '' || memoryBytes(draft) >= leastMemory ? undefined : _('A limit is a number, of 4 MiB at least.'),
    cpus:
      draft.cpus === '' || (cpuCount(draft) > 0 && cpuCount(draft) <= limits.cpus)
        ? undefined
        : _('A limit is a number above 0, and at most what the host has.'),
    variables: draft.variables.map(checkVariable),
    ports: draft.ports.map((port) => checkPort(port, draft.ports)),
    volumes: draft.volumes.map(checkVolume),
  }
}

/** Whether nothing is wrong. */
export function isSound({ variables, ports, volumes, ...fields }: DraftErrors): boolean {
  return [...Object.values(fields), ...variables, ...ports, ...volumes].every((error) => error === undefined)
}

function checkImage(image: string): string | undefined {
  if (image.trim() === '') return _('Give the name of an image.')
  return /\s/.test(image.trim()) ? _('The name of an image has no spaces.') : undefined
}

function checkVariable({ name, value }: Variable): string | undefined {
  if (name === '') return value === '' ? undefined : _('Give the variable a name.')
  return /[=\s]/.test(name) ? _('The name of a variable has no equals sign and no spaces.') : undefined
}

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

function checkPort(port: Port, all: readonly Port[]): string | undefined {
  const { address, host, container, protocol } = port
  if (host === '' && container === '') return undefined
  if (!isPort(container)) return _('A port inside the container is a number from 1 to 65535.')
  if (host !== '' && !isPort(host)) return _('A port of the host is a number from 1 to 65535; leave it empty for a free one.')
  if (address !== '' && !/^[\d.]+$|^[\da-fA-F:]+$/.test(address)) return _('An address is one of the host, such as 127.0.0.1.')
  const taken =
    host !== '' &&
    all.some((each) => each !== port && each.host === host && each.address === address && each.protocol === protocol)
  return taken ? _('This port of the host is given twice.') : undefined
}

function checkVolume({ source, target }: Volume): string | undefined {
  if (source === '' && target === '') return undefined
  if (!target.startsWith('/')) return _('The path inside the container begins with a slash.')
  if (source === '') return _('Give a path on the host, or the name of a volume.')
  return source.startsWith('/')
    ? undefined
    : nameError(source) && _('A path on the host begins with a slash; anything else is the name of a volume.')
}

function portMapping({ address, host, container, protocol }: Port): PortMapping {
  return {
    container_port: Number(container),
    protocol,
    ...(host === '' ? {} : { host_port: Number(host) }),
    ...(address === '' ? {} : { host_ip: address }),
  }
}

const period = 100_000

/** The engine's form of the description. */
export function toSpec(draft: Draft): ContainerSpec {
  const command = splitCommand(draft.command)
  const entrypoint = splitCommand(draft.entrypoint)
  const variables = draft.variables.filter(({ name }) => name !== '')
  const ports = draft.ports.filter(({ container }) => container !== '')
  const volumes = draft.volumes.filter(({ target }) => target !== '')
  const binds = volumes.filter(({ source }) => source.startsWith('/'))
  const named = volumes.filter(({ source }) => !source.startsWith('/'))
  const limits = {
    ...(draft.memory === '' ? {} : { memory: { limit: memoryBytes(draft) } }),
    ...(draft.cpus === '' ? {} : { cpu: { period, quota: Math.round(cpuCount(draft) * period) } }),
  }
  return {
    image: draft.image.trim(),
    ...(draft.name === '' ? {} : { name: draft.name }),
    ...(draft.pod === '' ? {} : { pod: draft.pod }),
    ...(command.length > 0 ? { command } : {}),
    ...(entrypoint.length > 0 ? { entrypoint } : {}),
    ...(draft.terminal ? { terminal: true, stdin: true } : {}),
    ...(variables.length > 0 ? { env: Object.fromEntries(variables.map(({ name, value }) => [name, value])) } : {}),
    ...(ports.length > 0 && draft.pod === '' ? { portmappings: ports.map(portMapping) } : {}),
    ...(binds.length > 0
      ? {
          mounts: binds.map(({ source, target, mode }) => ({
            type: 'bind',
            source,
            destination: target,
            options: ['rbind', mode],
          })),
        }
      : {}),
    ...(named.length > 0
      ? { volumes: named.map(({ source, target, mode }) => ({ Name: source, Dest: target, Options: [mode] })) }
      : {}),
    ...(draft.restart === 'no' ? {} : { restart_policy: draft.restart }),
    ...(Object.keys(limits).length > 0 ? { resource_limits: limits } : {}),
  }
}

/** The same as the words of a command line. */
export function toCommand(draft: Draft, program: string): string[] {
  const [entrypoint, ...first] = splitCommand(draft.entrypoint)
  const flag = (name: string, value: string) => (value === '' ? [] : [name, value])
  return [
    program,
    ...(draft.start ? ['run', '--detach'] : ['create']),
    ...flag('--name', draft.name),
    ...flag('--pod', draft.pod),
    ...(draft.terminal ? ['--interactive', '--tty'] : []),
    ...flag('--restart', draft.restart === 'no' ? '' : draft.restart),
    ...flag('--memory', draft.memory === '' ? '' : `${draft.memory.replace(',', '.')}${draft.memoryUnit === 'MiB' ? 'm' : 'g'}`),
    ...flag('--cpus', draft.cpus.replace(',', '.')),
    ...draft.variables.filter(({ name }) => name !== '').flatMap(({ name, value }) => ['--env', `${name}=${value}`]),
    ...(draft.pod === ''
      ? draft.ports.filter(({ container }) => container !== '').flatMap((port) => ['--publish', publishText(port)])
      : []),
    ...draft.volumes
      .filter(({ target }) => target !== '')
      .flatMap(({ source, target, mode }) => ['--volume', `${source}:${target}${mode === 'ro' ? ':ro' : ''}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', first.length > 0 ? JSON.stringify([entrypoint, ...first]) : entrypoint]),
    draft.image.trim() || 'IMAGE',
    ...splitCommand(draft.command),
  ]
}

function publishText({ address, host, container, protocol }: Port): string {
  const left = address === '' ? (host === '' ? '' : `${host}:`) : `${address.includes(':') ? `[${address}]` : address}:${host}:`
  return `${left}${container}${protocol === 'tcp' ? '' : `/${protocol}`}`
}
