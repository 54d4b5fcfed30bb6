import type { Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { parseReference, qualify, type Reference, splitStoredName, withDefaultTag } from '../../image/index.ts'
import {
  type Connections,
  findCredentials,
  openConnections,
  openRepository,
  readRegistriesConf,
  type RegistriesConf,
  type Source,
  sourcesOf,
} from '../../registry/index.ts'
import { allImageNames, allImages } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import type { Verb } from '../verb.ts'
import { findImage } from './resolve/find.ts'
import { streamOf } from './progress/in-order-of-arrival.ts'

type Item = Output<'image.updates'>

/** A name of an image here, and the digests it is known by. */
interface Named {
  name: string
  id: string
  digests: readonly string[]
}

/** How many registries are queried concurrently, and how many queries one gets concurrently. */
const registries = 8
const perRegistry = 4
/** Timeouts of a registry in milliseconds, for one query and for all. */
const imageTimeout = 10_000
const hostTimeout = 30_000
/** Milliseconds a result is cached within a service. */
const kept = 5 * 60_000

const answers = new WeakMap<Context, Map<string, { item: Item; digests: string; at: number }>>()

/**
 * Whether registries have other images by now than the store has, under the same names. Only digests are queried, nothing is
 * pulled. Items arrive as the registries respond; a registry that does not respond makes its images `unknown` and delays no others.
 */
export const updates: Verb<'image.updates'> = async (context, input, { signal }) => {
  const names = namesToCheck(context, input)
  const conf = await readRegistriesConf()
  const fresh = input.cached ? (name: Named) => lookUpAnswer(context, name) : () => undefined
  const known = names.flatMap((name) => fresh(name) ?? [])
  const open = names.filter((name) => !known.some((item) => item.name === name.name))
  const groups = Map.groupBy(open, ({ name }) => parseReference(name).registry ?? '')
  const connections = openConnections()
  const stop = new AbortController()
  const until = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])])
  const work = [...groups.values()].map(
    (group) => (emit: (item: Item) => void) => checkGroup(context, conf, connections, group, until, emit),
  )
  return streamOf(known, work, registries, () => {
    stop.abort()
    connections.close()
  })
}

function namesToCheck(context: Context, { names }: Parsed<'image.updates'>): Named[] {
  const { database } = context
  const records = new Map(allImages(database, warnOfDamage(context)).map((record) => [record.id, record]))
  const all = allImageNames(database).flatMap(({ name, image }): Named[] => {
    const record = records.get(image)
    return record ? [{ name, id: image, digests: record.facts.digests }] : []
  })
  if (names.length === 0) return all.filter(({ name }) => !name.includes('@'))
  return names.flatMap((each) => {
    const { record, name } = findImage(database, each)
    return all.filter((one) => (name === undefined ? one.id === record.id && !one.name.includes('@') : one.name === name))
  })
}

/** The names of one registry. Once it has failed or timed out, it is not queried any more. */
async function checkGroup(
  context: Context,
  conf: RegistriesConf,
  connections: Connections,
  group: readonly Named[],
  signal: AbortSignal,
  emit: (item: Item) => void,
): Promise<void> {
  const late = AbortSignal.timeout(hostTimeout)
  let gone: { reason: string; code?: string } | undefined
  const queue = [...group]
  const worker = async (): Promise<void> => {
    for (let named = queue.shift(); named && !signal.aborted; named = queue.shift()) {
      const item =
        gone === undefined
          ? await check(conf, connections, named, AbortSignal.any([signal, late]))
          : unknown(named, gone.reason, gone.code)
      if (item.gone) gone ??= { reason: item.reason ?? '', ...(item.code === undefined ? {} : { code: item.code }) }
      const { gone: _gone, ...answer } = item
      if (signal.aborted) return
      keepAnswer(context, named, answer)
      emit(answer)
    }
  }
  await Promise.all(Array.from({ length: perRegistry }, worker))
}

async function check(
  conf: RegistriesConf,
  connections: Connections,
  named: Named,
  signal: AbortSignal,
): Promise<Item & { gone?: boolean }> {
  const { repository, digest } = splitStoredName(named.name)
  if (digest !== undefined) return { ...said(named, digest) }
  if (repository.startsWith('localhost/')) return unknown(named, 'It was made on this host and is at no registry.', 'LocalImage')
  const reference = toReference(named.name)
  let failure: EngineError | undefined
  try {
    for (const source of sourcesOf(conf, reference)) {
      try {
        return said(
          named,
          await fetchDigest(conf, connections, source, reference, AbortSignal.any([signal, AbortSignal.timeout(imageTimeout)])),
        )
      } catch (error) {
        failure = EngineError.from(error)
      }
    }
  } catch (error) {
    failure = EngineError.from(error)
  }
  const late = failure?.code === 'Cancelled'
  return {
    ...unknown(
      named,
      late
        ? `The registry ${reference.registry} did not answer in time.`
        : (failure?.message ?? 'There is no registry to query.'),
      late ? 'RegistryUnreachable' : failure?.code,
    ),
    gone: late || failure?.code === 'RegistryUnreachable' || failure?.code === 'RegistryThrottled',
  }
}

function toReference(name: string): Reference {
  const partial = parseReference(name)
  return withDefaultTag(qualify(partial, partial.registry ?? 'docker.io'))
}

async function fetchDigest(
  conf: RegistriesConf,
  connections: Connections,
  source: Source,
  reference: Reference,
  signal: AbortSignal,
): Promise<string> {
  const credentials = await findCredentials(source.registry, source.repository, { helpers: conf.credentialHelpers, signal })
  const repository = openRepository(source, { connections, signal, retry: 1, ...(credentials ? { credentials } : {}) })
  try {
    const tag = reference.tag ?? 'latest'
    // Some registries report it only with the manifest itself.
    return (await repository.digest(tag)) ?? (await repository.manifest(tag)).digest
  } finally {
    repository.close()
  }
}

const now = (): number => Math.floor(Date.now() / 1000)

function said({ name, id, digests }: Named, digest: string): Item {
  return { name, id, status: digests.includes(digest) ? 'current' : 'newer', digest, checked: now() }
}

function unknown({ name, id }: Named, reason: string, code?: string): Item & { gone?: boolean } {
  return { name, id, status: 'unknown', reason, ...(code === undefined ? {} : { code }), checked: now() }
}

/** A cached result for the same image, not too old. A pull in between makes it another image. */
function lookUpAnswer(context: Context, { name, id, digests }: Named): Item | undefined {
  const found = answers.get(context)?.get(name)
  if (!found || found.item.id !== id || found.digests !== digests.join() || Date.now() - found.at > kept) return undefined
  return found.item
}

function keepAnswer(context: Context, { name, digests }: Named, item: Item): void {
  if (!context.service || item.status === 'unknown') return
  const all = answers.get(context) ?? new Map<string, { item: Item; digests: string; at: number }>()
  answers.set(context, all)
  all.set(name, { item, digests: digests.join(), at: Date.now() })
}
