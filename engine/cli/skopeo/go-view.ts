import { EngineError } from '../../errors/index.ts'

type Json = Record<string, unknown>

/** What templates see of an inspected image: times as Go prints them; as JSON it is what it was. */
export function goView<T extends { Created: string | null }>(found: T): T {
  return asJson({ ...found, Created: found.Created === null ? null : goTime(found.Created) }, found)
}

/** `2024-03-01T10:11:12.5Z` as Go prints it: `2024-03-01 10:11:12.5 +0000 UTC`. */
function goTime(text: string): string {
  const [, date, time, zone] = /^(\S+)T([\d:.]+)(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (zone === undefined) return text
  return zone === 'Z' ? `${date} ${time} +0000 UTC` : `${date} ${time} ${zone.replace(':', '')} ${zone.replace(':', '')}`
}

/** Gives a value another form for JSON. */
function asJson<T extends object>(value: T, json: unknown): T {
  Object.defineProperty(value, 'toJSON', { value: () => json, enumerable: false })
  return value
}

/** Fields of a configuration: name in Go, name in JSON. In the order of the OCI image specification. */
const imageFields = [
  ['Created', 'created'],
  ['Author', 'author'],
  ['Architecture', 'architecture'],
  ['OS', 'os'],
  ['OSVersion', 'os.version'],
  ['OSFeatures', 'os.features'],
  ['Variant', 'variant'],
] as const
const configFields = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'ArgsEscaped',
]
const historyFields = [
  ['Created', 'created'],
  ['CreatedBy', 'created_by'],
  ['Author', 'author'],
  ['Comment', 'comment'],
  ['EmptyLayer', 'empty_layer'],
] as const
const always = new Set(['architecture', 'os'])

/**
 * A configuration with the fields that the OCI image specification knows, in its order; in templates under Go's names.
 * @throws EngineError ManifestInvalid
 */
export function goConfig(bytes: Buffer, reference: string): object {
  let document: unknown
  try {
    document = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new EngineError('ManifestInvalid', `The configuration of ${reference} is not JSON.`, { cause })
  }
  const found = objectOf(document)
  const config = objectOf(found['config'])
  const rootfs = objectOf(found['rootfs'])
  const history = Array.isArray(found['history']) ? found['history'].map(objectOf) : []
  const json: Json = {
    ...known(
      found,
      imageFields.map(([, name]) => name),
    ),
    config: sortedMaps(known(config, configFields)),
    rootfs: { type: rootfs['type'] ?? '', diff_ids: rootfs['diff_ids'] ?? null },
    ...(history.length > 0
      ? {
          history: history.map((each) =>
            known(
              each,
              historyFields.map(([, name]) => name),
            ),
          ),
        }
      : {}),
  }
  const view = {
    ...renamed(found, imageFields),
    Config: asJson({ ...Object.fromEntries(configFields.map((name) => [name, null])), ...config }, json['config']),
    RootFS: asJson({ Type: rootfs['type'] ?? '', DiffIDs: rootfs['diff_ids'] ?? [] }, json['rootfs']),
    History: history.map((each) => renamed(each, historyFields)),
  }
  return asJson(view, json)
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** Those of the fields that are there and hold something. */
function known(object: Json, names: readonly string[]): Json {
  const kept = names.filter((name) => always.has(name) || !isEmpty(object[name]))
  return Object.fromEntries(kept.map((name) => [name, object[name] ?? '']))
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0)

/** Go writes maps in the order of their keys. */
function sortedMaps(object: Json): Json {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, sorted(value)]))
}

function renamed(object: Json, fields: readonly (readonly [string, string])[]): Json {
  return Object.fromEntries(
    fields.map(([name, key]) => [
      name,
      name === 'Created' && typeof object[key] === 'string' ? goTime(object[key]) : (object[key] ?? ''),
    ]),
  )
}
