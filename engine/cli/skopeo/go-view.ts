import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { goStruct, nilMap, nilSlice } from '../output/template/go-struct.ts'
import { goString } from '../output/template/values.ts'

type Json = Record<string, unknown>

/** The output of `image.remoteInspect`, as far as skopeo shows it. */
type Found = Omit<Output<'image.remoteInspect'>, 'Variant'>

const struct = (type: string, fields: Json, json: unknown, shown?: readonly unknown[]): object =>
  goStruct(type, fields, json, goString, shown && (() => shown))

const orNilMap = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? value : nilMap()
const orNilSlice = (value: unknown): unknown => (Array.isArray(value) && value.length > 0 ? value : nilSlice())

/** An inspected image for templates: Go's structs, with times as Go prints them; as JSON it is what it was. */
export function goView(found: Found): object {
  const {
    Name = '',
    Tag = '',
    Digest,
    RepoTags,
    Created,
    DockerVersion,
    Labels,
    Architecture,
    Os,
    Layers,
    LayersData,
    Env,
  } = found
  const layers = LayersData?.map((layer) => {
    const fields = { MIMEType: layer.MIMEType, Digest: layer.Digest, Size: layer.Size, Annotations: orNilMap(layer.Annotations) }
    return struct('types.ImageInspectLayer', fields, layer)
  })
  const fields = {
    ...{ Name, Tag, Digest, RepoTags, Created: Created === null ? null : goTime(Created), DockerVersion },
    ...{ Labels: Labels ?? nilMap(), Architecture, Os, Layers: Layers ?? nilSlice(), LayersData: layers ?? nilSlice() },
    Env: Env ?? nilSlice(),
  }
  return struct('interface {}', fields, found)
}

/** `2024-03-01T10:11:12.5Z` as Go prints it: `2024-03-01 10:11:12.5 +0000 UTC`. */
function goTime(text: string): string {
  const [, date, time, zone] = /^(\S+)T([\d:.]+)(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (zone === undefined) return text
  return zone === 'Z' ? `${date} ${time} +0000 UTC` : `${date} ${time} ${zone.replace(':', '')} ${zone.replace(':', '')}`
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
  return configView(found, json)
}

/** Under Go's names: the platform's fields are the image's own as well. */
function configView(found: Json, json: Json): object {
  const { Created, Author, ...platform } = renamed(found, imageFields)
  const Platform = struct('v1.Platform', platform, {})
  const Config = struct('v1.ImageConfig', configFieldsOf(objectOf(found['config'])), json['config'])
  const rootfs = json['rootfs'] as Json
  const RootFS = struct('v1.RootFS', { Type: rootfs['type'], DiffIDs: orNilSlice(rootfs['diff_ids']) }, rootfs)
  const steps = (json['history'] ?? []) as Json[]
  const History = steps.length > 0 ? steps.map((each) => struct('v1.History', renamed(each, historyFields), each)) : nilSlice()
  const fields = { Created, Author, ...platform, Platform, Config, RootFS, History }
  return struct('interface {}', fields, json, [Created, Author, Platform, Config, RootFS, History])
}

const maps = new Set(['ExposedPorts', 'Volumes', 'Labels'])
const slices = new Set(['Env', 'Entrypoint', 'Cmd'])

function configFieldsOf(config: Json): Json {
  const field = (name: string): unknown => {
    const value = config[name]
    if (name === 'Labels') return orNilMap(value)
    // Only the keys of these matter.
    if (maps.has(name))
      return orNilMap(Object.fromEntries(Object.keys(objectOf(value)).map((key) => [key, struct('struct {}', {}, {})])))
    if (slices.has(name)) return orNilSlice(value)
    return name === 'ArgsEscaped' ? value === true : (value ?? '')
  }
  return Object.fromEntries(configFields.map((name) => [name, field(name)]))
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

/** The fields that are set. */
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
  const value = (name: string, given: unknown): unknown => {
    if (name === 'Created') return typeof given === 'string' ? goTime(given) : null
    if (name === 'EmptyLayer') return given === true
    return name === 'OSFeatures' ? orNilSlice(given) : (given ?? '')
  }
  return Object.fromEntries(fields.map(([name, key]) => [name, value(name, object[key])]))
}
