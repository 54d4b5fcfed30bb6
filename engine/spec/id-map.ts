import { badValue } from './bad-value.ts'
import { splitPair } from './pair.ts'

/** `size` ids from `container_id` on are `host_id` on as seen by the engine, in libpod's form. */
export interface IdMapping {
  container_id: number
  host_id: number
  size: number
}

/** What the ids of a container's user namespace are outside of it. */
export interface IdMappings {
  uids: IdMapping[]
  gids: IdMapping[]
}

/** The kernel's maximum of lines (user_namespaces(7)). */
const maxLines = 340
const maxIds = 2 ** 32 - 1

/** The id outside; `undefined` for one without. */
export function hostId(map: readonly IdMapping[], id: number): number | undefined {
  const found = map.find(({ container_id: first, size }) => id >= first && id < first + size)
  return found && found.host_id + (id - found.container_id)
}

/** The id inside; `undefined` for one without. */
export function containerId(map: readonly IdMapping[], id: number): number | undefined {
  const found = map.find(({ host_id: first, size }) => id >= first && id < first + size)
  return found && found.container_id + (id - found.host_id)
}

/** @throws EngineError `InvalidArgument` for what the kernel would refuse: ranges that overlap, or too many. */
export function checkIdMap(map: readonly IdMapping[], what: string): IdMapping[] {
  for (const { container_id, host_id, size } of map)
    if (![container_id, host_id, size].every(isId) || size === 0 || Math.max(container_id, host_id) + size > maxIds)
      throw badValue('The {what} mapping {mapping} is not one of ids from 0 to 4294967294.', {
        what,
        mapping: `${container_id}:${host_id}:${size}`,
      })
  for (const key of ['container_id', 'host_id'] as const) {
    const overlaps = (one: IdMapping, other: IdMapping) => one[key] < other[key] + other.size && other[key] < one[key] + one.size
    const wrong = map.find((each, index) => map.slice(0, index).some((before) => overlaps(before, each)))
    if (wrong)
      throw badValue('the specified UID and/or GID mapping {mapping} conflicts with other mappings: invalid mappings specified', {
        mapping: formatIdMapping(wrong),
      })
  }
  if (map.length > maxLines)
    throw badValue('A user namespace has at most {maximum} {what} mappings.', { what, maximum: maxLines })
  return [...map]
}

const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id <= maxIds

/** `container:host:size` */
export function formatIdMapping({ container_id, host_id, size }: IdMapping): string {
  return `${container_id}:${host_id}:${size}`
}

/** What `--uidmap` and `--gidmap` say. */
export interface IdMapFlags {
  uidmap: readonly string[]
  gidmap: readonly string[]
}

/**
 * `[flags]container:host[:amount]`, where the flags are `+` (breaks what earlier ones said), `u` and `g` (for one kind alone), and a
 * host id after `@` is one of the host's own, found in `parents`.
 *
 * @param parents the ids there are: what each is on the host. Those that are left fill the gaps when nothing but `+` was given.
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export function parseIdMaps({ uidmap, gidmap }: IdMapFlags, parents: IdMappings): IdMappings {
  const own = { uid: uidmap.map((text) => parseEntry(text, 'UID')), gid: gidmap.map((text) => parseEntry(text, 'GID')) }
  const of = (kind: 'uid' | 'gid', other: 'uid' | 'gid') =>
    (own[kind].length > 0 ? own[kind] : own[other]).filter(({ only }) => only === undefined || only === kind)
  const [uids, gids] = [of('uid', 'gid'), of('gid', 'uid')]
  return {
    uids: checkIdMap(combine(uids.length > 0 ? uids : everything, parents.uids, 'uid'), 'uid'),
    gids: checkIdMap(combine(gids.length > 0 ? gids : everything, parents.gids, 'gid'), 'gid'),
  }
}

interface Entry extends IdMapping {
  extend: boolean
  only: 'uid' | 'gid' | undefined
  /** `host_id` is the host's own id. */
  ofHost: boolean
}

/** A kind of which nothing was said has all ids that there are. */
const everything: readonly Entry[] = []

function parseEntry(text: string, kind: string): Entry {
  const malformed = () =>
    badValue('initializing ID mappings: {kind} setting is malformed expected ["[+ug]uint32:[@]uint32[:uint32]"] : ["{text}"]', {
      kind,
      text,
    })
  const [, flags = '', container, at, host, size = '1'] = /^([+ug]*)(\d+):(@?)(\d+)(?::(\d+))?$/.exec(text) ?? []
  if (container === undefined || host === undefined) throw malformed()
  const numbers = [container, host, size].map(Number)
  if (!numbers.every(isId)) throw malformed()
  const [u, g] = [flags.includes('u'), flags.includes('g')]
  return {
    container_id: numbers[0]!,
    host_id: numbers[1]!,
    size: numbers[2]!,
    extend: flags.includes('+'),
    only: u === g ? undefined : u ? 'uid' : 'gid',
    ofHost: at === '@',
  }
}

function combine(entries: readonly Entry[], parents: readonly IdMapping[], kind: string): IdMapping[] {
  let map: IdMapping[] = []
  for (const entry of entries) {
    for (const each of entry.ofHost ? seenFromHere(entry, parents, kind) : [pick(entry)]) {
      if (entry.extend) map = map.flatMap((old) => without(without([old], each, 'container_id'), each, 'host_id'))
      map.push(each)
    }
  }
  if (entries.every(({ extend }) => extend)) map = fillGaps(map, parents)
  return sorted(map)
}

const pick = ({ container_id, host_id, size }: IdMapping): IdMapping => ({ container_id, host_id, size })

/** The host's ids as the engine's. */
function seenFromHere({ container_id, host_id, size }: IdMapping, parents: readonly IdMapping[], kind: string): IdMapping[] {
  const found = parents.flatMap((parent) => {
    const first = Math.max(host_id, parent.host_id)
    const end = Math.min(host_id + size, parent.host_id + parent.size)
    if (first >= end) return []
    return [
      { container_id: container_id + first - host_id, host_id: parent.container_id + first - parent.host_id, size: end - first },
    ]
  })
  if (found.reduce((sum, each) => sum + each.size, 0) === size) return found
  throw badValue(
    'initializing ID mappings: the {kind}s @{host} of the host ({size} of them) are not all among those of this user',
    {
      kind,
      host: host_id,
      size,
    },
  )
}

/** What is left of ranges once `gone` has taken its ids, by one side of the mapping. */
function without(map: readonly IdMapping[], gone: IdMapping, key: 'container_id' | 'host_id'): IdMapping[] {
  return map.flatMap((each) => {
    const [first, end] = [Math.max(each[key], gone[key]), Math.min(each[key] + each.size, gone[key] + gone.size)]
    if (first >= end) return [each]
    const before = first - each[key]
    const after = each[key] + each.size - end
    const shifted = {
      container_id: each.container_id + each.size - after,
      host_id: each.host_id + each.size - after,
      size: after,
    }
    return [{ ...each, size: before }, shifted].filter(({ size }) => size > 0)
  })
}

/** Maps all engine's ids that are not yet mapped onto the container's that are free, from 0 on. */
function fillGaps(map: readonly IdMapping[], parents: readonly IdMapping[]): IdMapping[] {
  const free = (key: 'container_id' | 'host_id', all: IdMapping[]) =>
    map.reduce((left, each) => without(left, each, key), all).toSorted((one, other) => one[key] - other[key])
  const same = (first: number, size: number): IdMapping => ({ container_id: first, host_id: first, size })
  const holes = free('container_id', [same(0, maxIds)])
  const left = free(
    'host_id',
    parents.map(({ container_id, size }) => same(container_id, size)),
  )
  const filled = [...map]
  for (let [hole, ids] = [holes.shift(), left.shift()]; hole !== undefined && ids !== undefined;) {
    const size = Math.min(hole.size, ids.size)
    filled.push({ container_id: hole.container_id, host_id: ids.host_id, size })
    hole = hole.size > size ? { ...hole, container_id: hole.container_id + size, size: hole.size - size } : holes.shift()
    ids = ids.size > size ? { ...ids, host_id: ids.host_id + size, size: ids.size - size } : left.shift()
  }
  return filled
}

/**
 * The same mapping in more lines: each is to lie in one range of the namespace around (user_namespaces(7)).
 *
 * @param parents ids of the engine, which has no others.
 */
export function splitIdMap(map: readonly IdMapping[], parents: readonly IdMapping[]): IdMapping[] {
  return map.flatMap(({ container_id, host_id, size }) =>
    parents.flatMap((parent) => {
      const first = Math.max(host_id, parent.container_id)
      const end = Math.min(host_id + size, parent.container_id + parent.size)
      return first < end ? [{ container_id: container_id + first - host_id, host_id: first, size: end - first }] : []
    }),
  )
}

/** By the container's ids. */
function sorted(map: readonly IdMapping[]): IdMapping[] {
  return map.toSorted((one, other) => one.container_id - other.container_id)
}

/** `uids=0-1-10#10-11-10;gids=0-100-10` of a mount's option idmap; `@` makes the second ids the container's. */
export function parseMountIdMap(text: string): { uids: MountIds; gids: MountIds } {
  const found: Partial<Record<string, MountIds>> = {}
  for (const part of text.split(';')) {
    const [kind, value] = splitPair(part)
    if ((kind !== 'uids' && kind !== 'gids') || value === undefined || found[kind] !== undefined)
      throw badValue('invalid idmap "{text}": give uids=FIRST-SECOND-LENGTH and gids=FIRST-SECOND-LENGTH', { text })
    found[kind] = value.split('#').map((triplet) => mountIds(triplet, text))
  }
  return { uids: found['uids'] ?? unchanged, gids: found['gids'] ?? unchanged }
}

/** Of what is not listed all ids stay. */
const unchanged: MountIds = [{ first: 0, second: 0, size: maxIds, relative: false }]

export type MountIds = { first: number; second: number; size: number; relative: boolean }[]

function mountIds(triplet: string, text: string): MountIds[number] {
  const [, at, first, second, size] = /^(@?)(\d+)-(\d+)-(\d+)$/.exec(triplet) ?? []
  const numbers = [first, second, size].map(Number)
  if (size === undefined || !numbers.every(isId))
    throw badValue('invalid idmap "{text}": "{triplet}" is not FIRST-SECOND-LENGTH', { text, triplet })
  return { first: numbers[0]!, second: numbers[1]!, size: numbers[2]!, relative: at === '@' }
}
