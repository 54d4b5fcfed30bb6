import type { RestartPolicyName } from '../../../engine/spec/restart-policy.ts'
import type { Port } from '../../engine/fields/port-rows.ts'

/** A name and its value: a variable, a label. */
export type Pair = Record<'name' | 'value', string>
export type Volume = Record<'type' | 'source' | 'target' | 'mode' | 'options', string>
/** A network to connect to; `aliases` are names between spaces or commas. */
export type NetworkRow = Record<'name' | 'aliases' | 'ip', string>
/** A line of /etc/hosts. */
export type Host = Record<'name' | 'address', string>
export type Device = Record<'host' | 'container' | 'access', string>
/** A secret, and the file or variable that it becomes. */
export type SecretRow = Record<'name' | 'type' | 'target', string>
export type MemoryUnit = 'MiB' | 'GiB'
export type PullPolicy = 'missing' | 'always' | 'newer' | 'never'

/** A container as somebody is describing it: the text of each field. What becomes of each is in fields/. */
export interface Draft {
  image: string
  name: string
  pod: string
  command: string
  entrypoint: string
  terminal: boolean
  variables: readonly Pair[]
  ports: readonly Port[]
  volumes: readonly Volume[]
  restart: RestartPolicyName
  /** Of the policy on-failure; empty is without an end. */
  retries: string
  memory: string
  memoryUnit: MemoryUnit
  cpus: string
  start: boolean
  workdir: string
  user: string
  init: boolean
  stopSignal: string
  /** Seconds. */
  stopTimeout: string
  pids: string
  /** Sizes as `512m`. */
  reservation: string
  swap: string
  shares: string
  cpuset: string
  blockWeight: string
  shmSize: string
  /** Empty: the engine's default; `bridge`: the networks of the rows. */
  network: string
  networks: readonly NetworkRow[]
  publishAll: boolean
  hostname: string
  dns: string
  dnsSearch: string
  hosts: readonly Host[]
  privileged: boolean
  readOnly: boolean
  noNewPrivileges: boolean
  capAdd: string
  capDrop: string
  /** Empty: the engine's default. */
  userns: string
  devices: readonly Device[]
  secrets: readonly SecretRow[]
  /** Empty: what the image has. */
  health: '' | 'none' | 'command'
  healthCommand: string
  /** Durations as `30s`. */
  healthInterval: string
  healthTimeout: string
  healthStartPeriod: string
  healthRetries: string
  healthAction: string
  labels: readonly Pair[]
  pull: PullPolicy
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
  retries: '',
  memory: '',
  memoryUnit: 'MiB',
  cpus: '',
  start: true,
  workdir: '',
  user: '',
  init: false,
  stopSignal: '',
  stopTimeout: '',
  pids: '',
  reservation: '',
  swap: '',
  shares: '',
  cpuset: '',
  blockWeight: '',
  shmSize: '',
  network: '',
  networks: [],
  publishAll: false,
  hostname: '',
  dns: '',
  dnsSearch: '',
  hosts: [],
  privileged: false,
  readOnly: false,
  noNewPrivileges: false,
  capAdd: '',
  capDrop: '',
  userns: '',
  devices: [],
  secrets: [],
  health: '',
  healthCommand: '',
  healthInterval: '',
  healthTimeout: '',
  healthStartPeriod: '',
  healthRetries: '',
  healthAction: 'none',
  labels: [],
  pull: 'missing',
}

export const emptyPair: Pair = { name: '', value: '' }
export const emptyVolume: Volume = { type: 'bind', source: '', target: '', mode: 'rw', options: '' }
export const emptyNetwork: NetworkRow = { name: '', aliases: '', ip: '' }
export const emptyHost: Host = { name: '', address: '' }
export const emptySecret: SecretRow = { name: '', type: 'mount', target: '' }
export const emptyDevice: Device = { host: '', container: '', access: 'rwm' }
