import type { ContainerInspect } from '../../../contract/index.ts'
import { dockerName } from '../networks/names.ts'

type HostConfig = ContainerInspect['HostConfig']

/** What the engine adds to every mount of its kind. */
const usual = new Set(['rprivate', 'rbind', 'nosuid', 'nodev', 'tmpcopyup'])

/**
 * The part of `HostConfig` that Docker repeats as it was requested, where the engine shows what came of it: clients that compare (ansible's
 * second run) find no difference.
 */
export function requestedHostConfig(container: ContainerInspect): Record<string, unknown> & { NetworkMode: string } {
  const host = container.HostConfig
  const temporary = Object.entries(mapOf(host, 'Tmpfs'))
  return {
    Binds: textsOf(host, 'Binds').map(bind),
    ...(temporary.length === 0
      ? {}
      : { Tmpfs: Object.fromEntries(temporary.map(([place, options]) => [place, tmpfs(options)])) }),
    CapAdd: textsOf(host, 'CapAdd').map(capability),
    CapDrop: textsOf(host, 'CapDrop').map(capability),
    NetworkMode: networkMode(container),
  }
}

/** Networks under the names that Docker's API has for them, with its fields. */
export function dockerNetworks({ NetworkSettings }: ContainerInspect): Record<string, unknown> {
  const networks = Object.entries(NetworkSettings.Networks ?? {})
  return Object.fromEntries(networks.map(([name, each]) => [dockerName(name), { ...each, DNSNames: null }]))
}

/** Docker's name for a container's network: the first it is on, where it is on one of its user's. */
export function networkMode({ HostConfig, NetworkSettings }: ContainerInspect): string {
  if (HostConfig.NetworkMode !== 'bridge') return HostConfig.NetworkMode
  const [first] = Object.keys(NetworkSettings.Networks ?? {})
  return first === undefined ? 'bridge' : dockerName(first)
}

function bind(text: string): string {
  const [, place, options] = /^(.*:[^:]*):([^:]*)$/s.exec(text) ?? []
  if (place === undefined || options === undefined) return text
  return `${place}:${without(options).join(',')}`
}

const tmpfs = (options: string): string =>
  without(options)
    .filter((option) => option !== 'rw')
    .join(',')

const without = (options: string): string[] => options.split(',').filter((option) => !usual.has(option))

const capability = (name: string): string => name.replace(/^CAP_/, '')

function textsOf(host: HostConfig, field: string): string[] {
  const value = host[field]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

function mapOf(host: HostConfig, field: string): Record<string, string> {
  const value = host[field]
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : {}
}
