import { EngineError } from '../../../errors/index.ts'
import { isPort } from '../../../spec/port.ts'
import { signalNumber } from '../../../spec/signal.ts'

/** What changes make of an image's `config` (OCI image-spec config.md), in the order its fields are written. */
export interface ChangedConfig {
  User?: string
  ExposedPorts?: Record<string, object>
  Env?: string[]
  Entrypoint?: string[]
  Cmd?: string[]
  Volumes?: Record<string, object>
  WorkingDir?: string
  Labels?: Record<string, string>
  StopSignal?: string
}

const order = ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal'] as const

type Apply = (config: ChangedConfig, value: string, fail: (reason: string) => never) => void

const instructions: Record<string, Apply> = {
  USER: (config, value) => void (config.User = value),
  EXPOSE: (config, value, fail) => void ((config.ExposedPorts ??= {})[port(value, fail)] = {}),
  ENV(config, value) {
    const [key, text] = pair(value) ?? [unquote(value), '']
    config.Env = [...(config.Env ?? []).filter((each) => !each.startsWith(`${key}=`)), `${key}=${text}`]
  },
  ENTRYPOINT: (config, value) => void (config.Entrypoint = commandLine(value)),
  CMD: (config, value) => void (config.Cmd = commandLine(value)),
  VOLUME(config, value) {
    for (const path of list(value) ?? value.split(/\s+/)) (config.Volumes ??= {})[path] = {}
  },
  WORKDIR: (config, value) => void (config.WorkingDir = value),
  LABEL(config, value, fail) {
    const [key, text] = pair(value) ?? fail('LABEL must be formatted key=value')
    ;(config.Labels ??= {})[key] = text
  },
  // OCI's config has no place for it; podman drops it as well.
  ONBUILD: () => {},
  STOPSIGNAL(config, value, fail) {
    try {
      config.StopSignal = String(signalNumber(value))
    } catch {
      fail(`KILLSIGNAL must be given a valid signal: invalid signal: ${value}`)
    }
  },
}

/**
 * Reads `--change` as podman does: `INSTRUCTION VALUE` or `INSTRUCTION=VALUE`.
 * @throws InvalidArgument, with podman's message
 */
export function parseChanges(changes: readonly string[]): ChangedConfig {
  const config: ChangedConfig = {}
  for (const change of changes) {
    const fail = (reason: string): never => {
      throw new EngineError('InvalidArgument', `invalid change ${JSON.stringify(change)} - ${reason}`, {
        details: { field: 'changes' },
      })
    }
    const space = change.indexOf(' ')
    const cut = space >= 0 ? space : change.indexOf('=')
    if (cut < 0) fail('must be formatted as KEY VALUE')
    const key = change.slice(0, cut).trim().toUpperCase()
    const value = change.slice(cut + 1).trim()
    const apply = instructions[key] ?? fail(`invalid instruction ${key}`)
    if (value === '') fail(`must provide a value to ${key}`)
    apply(config, value, fail)
  }
  return sortedConfig(config)
}

function sortedConfig(config: ChangedConfig): ChangedConfig {
  const entries = order.flatMap((key): [string, unknown][] => {
    const value = config[key]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return []
    return [[key, typeof value === 'string' || Array.isArray(value) ? value : byName(value)]]
  })
  return Object.fromEntries(entries) as ChangedConfig
}

function byName(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function port(value: string, fail: (reason: string) => never): string {
  const slash = value.indexOf('/')
  const number = slash < 0 ? value : value.slice(0, slash)
  const protocol = slash < 0 ? 'tcp' : value.slice(slash + 1).toLowerCase()
  if (protocol !== 'tcp' && protocol !== 'udp') fail('EXPOSE protocol must be TCP or UDP')
  if (!/^[+-]?\d+$/.test(number))
    fail(`EXPOSE port must be an integer: strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`)
  if (!isPort(Number(number))) fail('EXPOSE port must be a valid port number')
  return `${Number(number)}/${protocol}`
}

/** `key=value`, either of them in quotes; nothing without an equals sign. */
function pair(text: string): [string, string] | undefined {
  const quoted = /^"([^"]*)"=(.*)$/s.exec(text)
  if (quoted) return [quoted[1]!, unquote(quoted[2]!)]
  const equals = text.indexOf('=')
  return equals < 0 ? undefined : [text.slice(0, equals), unquote(text.slice(equals + 1))]
}

function unquote(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text
}

/** A JSON list of texts, or nothing. */
function list(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
  } catch {
    return undefined
  }
}

function commandLine(text: string): string[] {
  return list(text) ?? ['/bin/sh', '-c', text]
}
