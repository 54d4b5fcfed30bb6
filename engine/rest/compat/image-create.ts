import { decodeCredentials, type Input, type Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { headerOf, type RestReply } from '../message.ts'
import { checkName, familiar, fullName, hasTag, tagOf, withTag } from './names.ts'
import { layerProgress } from './progress.ts'
import { type CompatCall, type CompatRoute, json, jsonLines } from './route.ts'

/** `images/create`: a pull (`fromImage`) or an import (`fromSrc`). */
export const imageCreateRoutes: CompatRoute[] = [
  {
    method: 'POST',
    path: /^\/images\/create$/,
    statuses: {
      fields: { changes: 500 },
      codes: { ImageUnknown: 404, InvalidArgument: 400, MethodNotAllowed: 405 },
      others: 500,
    },
    async handle(call) {
      const { query, onBreak } = call
      const image = query.get('fromImage')
      if (image) return jsonLines(await pull(call, image), onBreak)
      const source = query.get('fromSrc')
      if (source) return importImage(call, source)
      throw new EngineError('MethodNotAllowed', 'Neither fromImage nor fromSrc says what the image is made from.')
    },
  },
]

/** The credentials that a client sent for a registry. */
export function credentialsOf({ request }: CompatCall): { credentials?: string } {
  const header = headerOf(request, 'x-registry-auth')
  const credentials = header === undefined || header === '' ? undefined : decodeCredentials(header)
  return credentials === undefined ? {} : { credentials }
}

async function pull(call: CompatCall, image: string): Promise<AsyncIterable<object>> {
  const { engine, query, options } = call
  const name = withTag(fullName(image), query.get('tag'))
  checkName(name)
  // Docker's rule: a repository alone means all of it.
  const allTags = !hasTag(name)
  const reference = name
  const before = await idOf(call, reference)
  const items = await engine['image.pull'](
    { reference, policy: 'always', allTags, ...platformOf(query), ...credentialsOf(call) },
    options,
  )
  return pullSteps(call, reference, before, await fromProgress(items))
}

/** `os[/architecture[/variant]]`. */
function platformOf(query: URLSearchParams): Pick<Input<'image.pull'>, 'OS' | 'Arch' | 'Variant'> {
  const [OS, Arch, Variant] = (query.get('platform') ?? '').split('/')
  return { ...(OS ? { OS } : {}), ...(Arch ? { Arch } : {}), ...(Variant ? { Variant } : {}) }
}

async function idOf({ engine, options }: CompatCall, name: string): Promise<string | undefined> {
  try {
    return (await engine['image.inspect']({ name }, options)).Id
  } catch {
    return undefined
  }
}

type PullItem = Output<'image.pull'>

/**
 * A pull from where it has found its image on: until then its failure decides about the status, by which clients tell a missing
 * image from a broken network.
 */
async function fromProgress(items: AsyncIterable<PullItem>): Promise<AsyncIterable<PullItem>> {
  const iterator = items[Symbol.asyncIterator]()
  let first = await iterator.next()
  while (!first.done && !first.value.layer && !first.value.id && !first.value.images?.length && !first.value.error)
    first = await iterator.next()
  if (!first.done && first.value.error) throw new EngineError('Internal', first.value.error)
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  })()
}

async function* pullSteps(
  { engine, options }: CompatCall,
  reference: string,
  before: string | undefined,
  items: AsyncIterable<PullItem>,
): AsyncGenerator<object> {
  const progress = layerProgress('pull')
  yield { status: `Pulling from ${repositoryPath(reference)}`, id: tagOf(reference) }
  let id = ''
  for await (const item of items) {
    if (item.error) throw new EngineError('Internal', item.error)
    if (item.layer) yield* progress(item.layer)
    id = item.id ?? item.images?.at(-1) ?? id
  }
  if (id !== '') yield { status: `Digest: ${(await engine['image.inspect']({ name: id }, options)).Digest}` }
  const done = before === id ? 'Image is up to date for' : 'Downloaded newer image for'
  yield { status: `Status: ${done} ${familiar(reference)}` }
}

/** A name without its registry and tag. */
function repositoryPath(name: string): string {
  const bare = name.replace(/@.*$/, '')
  return bare.slice(bare.indexOf('/') + 1, hasTag(bare) ? bare.lastIndexOf(':') : undefined)
}

async function importImage(call: CompatCall, source: string): Promise<RestReply> {
  const { engine, request, query, options } = call
  const repo = query.get('repo')
  const message = query.get('message')
  const { OS, Arch: Architecture, Variant } = platformOf(query)
  const { Id } = await engine['image.import'](
    {
      body: request.body,
      changes: query.getAll('changes'),
      ...(source === '-' ? {} : { url: source }),
      ...(repo ? { reference: withTag(fullName(repo), query.get('tag')) } : {}),
      ...(message ? { message } : {}),
      ...(OS ? { OS } : {}),
      ...(Architecture ? { Architecture } : {}),
      ...(Variant ? { Variant } : {}),
    },
    options,
  )
  const status = Id.startsWith('sha256:') ? Id : `sha256:${Id}`
  return json({ status, progressDetail: {} })
}
