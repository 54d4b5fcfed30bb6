import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { badValue } from '../../../spec/bad-value.ts'
import { checkIdMap, formatIdMapping, hostId, type IdMapping, type IdMappings, parseIdMaps } from '../../../spec/id-map.ts'
import { splitPair } from '../../../spec/pair.ts'
import { containerById, type ContainerRecord, findContainer, type NamespaceChoice, type PodRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { countIds, ownIds } from '../../../lib/process/own-ids.ts'

/** Where a container's user namespace comes from, and its ids. */
export interface UserNamespace {
  choice: NamespaceChoice
  /** None for the engine's own namespace. */
  ids?: IdMappings
  /** Ids are chosen when it is created. The size is the image's unless it is given. */
  automatic?: { size?: number; fixed: IdMappings }
  /** As whom the caller is known inside, of `keep-id`. */
  caller?: { uid: number; gid: number }
}

const host: UserNamespace = { choice: { mode: 'host' } }

/**
 * What the request says of the user namespace. A pod's members are in their pod's.
 *
 * @throws EngineError `InvalidArgument`, `ContainerNotFound`, `NotSupported`.
 */
export async function resolveUserNamespace(
  context: Context,
  spec: ContainerSpec,
  pod: PodRecord | undefined,
): Promise<UserNamespace> {
  const { nsmode: mode = '', value = '' } = spec.userns ?? {}
  const nsmode = mode === '' && spec.idmappings?.AutoUserNs ? 'auto' : mode
  const given = givenIds(spec)
  const infra = pod && pod.config.infraId !== '' ? containerById(context.database, pod.config.infraId) : undefined
  if (pod && infra?.config.idMappings) {
    const { userns } = pod.config.spec
    const caller = userns?.nsmode === 'keep-id' ? keepId(context, userns.value ?? '').caller : undefined
    return { choice: { mode: 'pod', value: infra.id }, ids: infra.config.idMappings, ...(caller ? { caller } : {}) }
  }
  switch (nsmode) {
    case '':
    case 'default':
    case 'host':
    case 'private':
    case 'pod':
      return given ? { choice: { mode: 'private' }, ids: given } : privateOrHost(nsmode, spec)
    case 'keep-id':
      return keepId(context, value)
    case 'auto':
      return { choice: { mode: 'auto' }, automatic: automaticIds(spec, value) }
    case 'nomap':
    case 'no-map':
      return { choice: { mode: 'nomap' }, ids: withoutCaller(context) }
    case 'container': {
      const other = sharedWith(context, value)
      const { idMappings: ids } = other.config
      return { choice: { mode: 'container', value: other.id }, ...(ids ? { ids } : {}) }
    }
    case 'ns':
    case 'path': {
      const { idsOfNamespace } = await import('../../../adapters/nsenter.ts')
      return { choice: { mode: 'path', value }, ids: await idsOfNamespace(value) }
    }
    default:
      throw badValue('unrecognized namespace mode {mode} passed', { mode: nsmode })
  }
}

function sharedWith({ database }: Context, name: string): ContainerRecord {
  try {
    return findContainer(database, name)
  } catch (error) {
    if (!EngineError.is(error)) throw error
    const message = `looking up container to share user namespace with: ${error.message}`
    throw new EngineError(error.code, message, { details: error.details, cause: error })
  }
}

function privateOrHost(mode: string, { idmappings }: ContainerSpec): UserNamespace {
  if (mode !== 'private' && idmappings?.HostUIDMapping !== false && idmappings?.HostGIDMapping !== false) return host
  throw badValue('must provide at least one UID or GID mapping to configure a user namespace')
}

/** Mappings of the request, each without gaps in the kernel's terms. */
function givenIds({ idmappings }: ContainerSpec): IdMappings | undefined {
  const uids = idmappings?.UIDMap ?? []
  const gids = idmappings?.GIDMap ?? []
  if (uids.length === 0 && gids.length === 0) return undefined
  const ids = {
    uids: checkIdMap(uids.length > 0 ? uids : gids, 'uid'),
    gids: checkIdMap(gids.length > 0 ? gids : uids, 'gid'),
  }
  if (hostId(ids.uids, 0) === undefined || hostId(ids.gids, 0) === undefined)
    throw badValue('container ID 0 cannot be mapped to a host ID: a container needs its root; add a mapping for 0')
  const own = ownIds()
  for (const kind of ['uids', 'gids'] as const) {
    const wrong = ids[kind].find(({ host_id: first, size }) => !has(own[kind], first, size))
    if (wrong)
      throw badValue('The {kind} mapping {mapping} reaches ids that the engine does not have itself.', {
        kind: kind.slice(0, 3),
        mapping: formatIdMapping(wrong),
      })
  }
  return ids
}

function has(own: readonly IdMapping[], first: number, size: number): boolean {
  return (
    own.reduce(
      (sum, { container_id, size: count }) =>
        sum + Math.max(0, Math.min(first + size, container_id + count) - Math.max(first, container_id)),
      0,
    ) === size
  )
}

/** Options of a mode: `name=value,…`. */
function optionsOf(text: string, known: readonly string[], mode: string): [string, string][] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, value] = splitPair(part)
      if (value === undefined || !known.includes(name))
        throw badValue('unknown option specified: "{option}" of --userns {mode}', { option: part, mode })
      return [name, value]
    })
}

function idOption(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1) return Number(text)
  throw badValue('could not parse {name} "{text}" of --userns', { name, text })
}

/** The caller has the same ids inside, or the given ones; the ids below and above are subordinate ones, in their order. */
function keepId({ identity }: Context, text: string): UserNamespace {
  const options = Object.fromEntries(optionsOf(text, ['uid', 'gid', 'size'], 'keep-id'))
  const uid = idOption(options['uid'], 'uid') ?? identity.realUid
  const gid = idOption(options['gid'], 'gid') ?? identity.realGid
  const size = idOption(options['size'], 'size')
  const caller = { uid, gid }
  if (!identity.rootless) {
    if (size !== undefined) throw badValue('cannot set max size for user namespace when not running rootless')
    return { choice: { mode: 'keep-id' }, ids: ownIds(), caller }
  }
  const own = ownIds()
  const around = (id: number, kind: 'uids' | 'gids') =>
    kept(id, Math.min(countIds(own[kind]) - 1, size === undefined ? Infinity : size - 1))
  return { choice: { mode: 'keep-id' }, ids: { uids: around(uid, 'uids'), gids: around(gid, 'gids') }, caller }
}

/** `id` is the engine's 0; `others` more ids lie around it. */
function kept(id: number, others: number): IdMapping[] {
  const below = Math.min(id, others)
  return [
    { container_id: 0, host_id: 1, size: below },
    { container_id: id, host_id: 0, size: 1 },
    { container_id: id + 1, host_id: below + 1, size: others - below },
  ].filter(({ size }) => size > 0)
}

function withoutCaller({ identity }: Context): IdMappings {
  if (!identity.rootless) throw badValue('nomap is only supported in rootless mode')
  const own = ownIds()
  const others = (kind: 'uids' | 'gids') => [{ container_id: 0, host_id: 1, size: countIds(own[kind]) - 1 }]
  return { uids: others('uids'), gids: others('gids') }
}

function automaticIds({ idmappings }: ContainerSpec, text: string): NonNullable<UserNamespace['automatic']> {
  const options = optionsOf(text, ['size', 'uidmapping', 'gidmapping'], 'auto')
  const all = (name: string) => options.filter(([key]) => key === name).map(([, value]) => value)
  const { Size, AdditionalUIDMappings, AdditionalGIDMappings } = idmappings?.AutoUserNsOpts ?? {}
  const parents = ownIds()
  const parse = (flags: string[], kind: 'uids' | 'gids') =>
    flags.length === 0 ? [] : parseIdMaps({ uidmap: flags, gidmap: flags }, parents)[kind]
  const size = idOption(all('size').at(-1), 'size') ?? Size ?? 0
  if (size > 2 ** 32 - 2) throw new EngineError('InvalidArgument', `could not parse size ${size} of --userns auto`)
  const uids = all('uidmapping').length > 0 ? parse(all('uidmapping'), 'uids') : (AdditionalUIDMappings ?? [])
  const gids = all('gidmapping').length > 0 ? parse(all('gidmapping'), 'gids') : (AdditionalGIDMappings ?? [])
  return { ...(size > 0 ? { size } : {}), fixed: { uids: checkIdMap(uids, 'uid'), gids: checkIdMap(gids, 'gid') } }
}
