import { EngineError } from '../errors/index.ts'
import { type DiffId, isDigest } from './digest.ts'
import { limits, parseJson, toTextMap } from './manifest/manifest.ts'

/** An image's defaults for its containers (OCI image-spec config.md, `config`). */
export interface ImageRunConfig {
  User?: string
  ExposedPorts?: Record<string, unknown>
  Env?: string[]
  Entrypoint?: string[]
  Cmd?: string[]
  Volumes?: Record<string, unknown>
  WorkingDir?: string
  Labels?: Record<string, string>
  StopSignal?: string
  OnBuild?: string[]
  Shell?: string[]
}

/** Docker's addition to the config. Times are nanoseconds. */
export interface ImageHealthcheck {
  Test?: string[]
  StartPeriod?: number
  StartInterval?: number
  Interval?: number
  Timeout?: number
  Retries?: number
}

export interface HistoryEntry {
  created?: string
  created_by?: string
  author?: string
  comment?: string
  empty_layer?: boolean
}

/** An image's config document (OCI image-spec config.md). */
export interface ImageDocument {
  /** RFC 3339, or Go's zero time when the image does not say. */
  created: string
  author: string
  architecture: string
  os: string
  variant?: string
  comment: string
  dockerVersion: string
  config: ImageRunConfig
  healthcheck?: ImageHealthcheck
  /** Lowest first. */
  diffIds: DiffId[]
  history: HistoryEntry[]
}

/**
 * Reads an image config. Fields of a wrong type count as absent, except those that decide what is unpacked.
 * @param what names the image in messages.
 * @throws ManifestInvalid
 */
export function parseImageConfig(bytes: Uint8Array, what: string): ImageDocument {
  if (bytes.byteLength > limits.configBytes) throw invalid(what, 'it is larger than 4 MiB')
  if (hasManyQuotes(bytes)) throw invalid(what, `it holds more than ${limits.configQuotes / 2} names and values`)
  const document = parseJson(bytes, `The configuration of ${what}`)
  const rootfs = document['rootfs'] as { type?: unknown; diff_ids?: unknown } | undefined
  const diffIds = rootfs?.diff_ids ?? []
  if (!Array.isArray(diffIds) || diffIds.length > limits.layers) throw invalid(what, 'its list of layers is missing or too long')
  if (!diffIds.every((id) => typeof id === 'string' && isDigest(id) && id.startsWith('sha256:')))
    throw invalid(what, 'its list of layers holds an invalid digest')
  const created = text(document, 'created')
  const variant = text(document, 'variant')
  return {
    created: created !== undefined && isTime(created) ? created : '0001-01-01T00:00:00Z',
    author: text(document, 'author') ?? '',
    architecture: text(document, 'architecture') ?? '',
    os: text(document, 'os') ?? '',
    ...(variant ? { variant } : {}),
    comment: text(document, 'comment') ?? '',
    dockerVersion: text(document, 'docker_version') ?? '',
    config: toRunConfig(document['config']),
    ...toHealthcheck(document['config']),
    diffIds: diffIds as DiffId[],
    history: Array.isArray(document['history']) ? document['history'].slice(0, 1024).map(toHistory) : [],
  }
}

/** Small ones hold too few to matter. */
function hasManyQuotes(bytes: Uint8Array): boolean {
  if (bytes.byteLength < 256 * 1024) return false
  let quotes = 0
  for (const byte of bytes) if (byte === 0x22) quotes += 1
  return quotes > limits.configQuotes
}

/** RFC 3339. What `Date.parse` takes beyond that may hold any text in parentheses. */
const isTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,30})?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))

function toRunConfig(value: unknown): ImageRunConfig {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const config: ImageRunConfig = {}
  for (const key of ['User', 'WorkingDir', 'StopSignal'] as const) {
    const found = text(fields, key)
    if (found) config[key] = found
  }
  for (const key of ['Env', 'Entrypoint', 'Cmd', 'OnBuild', 'Shell'] as const) {
    const found = fields[key]
    if (Array.isArray(found) && found.length > 0 && found.every((item) => typeof item === 'string'))
      config[key] = found as string[]
    // Some old tools wrote a single string.
    else if (typeof found === 'string' && found !== '' && (key === 'Entrypoint' || key === 'Cmd'))
      config[key] = ['/bin/sh', '-c', found]
  }
  for (const key of ['ExposedPorts', 'Volumes'] as const) {
    const found = fields[key]
    if (typeof found === 'object' && found !== null && !Array.isArray(found) && Object.keys(found).length > 0)
      config[key] = found as Record<string, unknown>
  }
  const labels = toTextMap(fields['Labels'])
  if (Object.keys(labels).length > 0) config.Labels = labels
  return config
}

function toHealthcheck(value: unknown): { healthcheck?: ImageHealthcheck } {
  const fields = (value as { Healthcheck?: unknown } | null | undefined)?.Healthcheck as
    | Record<string, unknown>
    | null
    | undefined
  if (typeof fields !== 'object' || fields === null) return {}
  const healthcheck: ImageHealthcheck = {}
  const test = fields['Test']
  if (Array.isArray(test) && test.every((word) => typeof word === 'string')) healthcheck.Test = test as string[]
  for (const key of ['StartPeriod', 'StartInterval', 'Interval', 'Timeout', 'Retries'] as const) {
    const found = fields[key]
    if (typeof found === 'number' && Number.isFinite(found) && found !== 0) healthcheck[key] = found
  }
  return Object.keys(healthcheck).length > 0 ? { healthcheck } : {}
}

function toHistory(value: unknown): HistoryEntry {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const entry: HistoryEntry = {}
  for (const key of ['created', 'created_by', 'author', 'comment'] as const) {
    const found = text(fields, key)
    if (found !== undefined) entry[key] = found
  }
  if (fields['empty_layer'] === true) entry.empty_layer = true
  return entry
}

function text(fields: Record<string, unknown>, key: string): string | undefined {
  const value = fields[key]
  return typeof value === 'string' ? value : undefined
}

function invalid(what: string, reason: string): EngineError {
  return new EngineError('ManifestInvalid', `The configuration of ${what} is not usable: ${reason}.`)
}
