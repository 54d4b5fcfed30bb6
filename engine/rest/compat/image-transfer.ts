import type { Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { firstOrLater } from '../peek.ts'
import { credentialsOf } from './image-create.ts'
import { familiar, fullName, hasTag, tagOf, withTag } from './names.ts'
import { layerProgress } from './progress.ts'
import { type CompatCall, type CompatRoute, jsonLines } from './route.ts'

const path = (end: string): RegExp => new RegExp(`^/images/(.+)${end}$`)

/** Push, save and load in Docker's form. */
export const imageTransferRoutes: CompatRoute[] = [
  {
    method: 'POST',
    path: path('/push'),
    statuses: { codes: { ImageReferenceInvalid: 400 } },
    async handle(call) {
      const { query, name } = call
      const repository = fullName(name)
      if (!query.get('tag') && !hasTag(repository)) return jsonLines(await pushAll(call, repository), call.onBreak)
      return jsonLines(await push(call, withTag(repository, query.get('tag'))), call.onBreak)
    },
  },
  {
    method: 'GET',
    path: /^\/images\/get$/,
    statuses: { codes: { InvalidArgument: 400 }, others: 500 },
    async handle(call) {
      const { engine, query, options } = call
      const references = query
        .getAll('names')
        .flatMap((each) => each.split(','))
        .filter((each) => each !== '')
      if (references.length === 0) throw new EngineError('InvalidArgument', 'No image was named: give names.')
      return archive(await engine['image.export']({ references, format: 'docker-archive' }, options))
    },
  },
  {
    method: 'GET',
    path: path('/get'),
    async handle({ engine, name, options }) {
      return archive(await engine['image.export']({ references: [name], format: 'docker-archive' }, options))
    },
  },
  {
    method: 'POST',
    path: /^\/images\/load$/,
    statuses: { others: 500 },
    async handle({ engine, request, options }) {
      const { Names } = await engine['image.load']({ body: request.body }, options)
      const lines = Names.map((name) => `${JSON.stringify({ stream: `${loaded(name)}\n` })}\r\n`)
      return { status: 200, headers: { 'content-type': 'application/json' }, body: lines.join('') }
    },
  },
]

const loaded = (name: string): string =>
  /^(?:sha256:)?[0-9a-f]{64}$/.test(name) ? `Loaded image ID: ${name}` : `Loaded image: ${familiar(name)}`

async function archive(bytes: AsyncIterable<unknown>) {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-tar' },
    body: (await firstOrLater(bytes)) as AsyncIterable<Uint8Array>,
  }
}

async function push(call: CompatCall, name: string): Promise<AsyncIterable<object>> {
  const items = await call.engine['image.push']({ name, destination: name, ...credentialsOf(call) }, call.options)
  return pushSteps(name, await firstOrLater(items))
}

async function* pushSteps(name: string, items: AsyncIterable<Output<'image.push'>>): AsyncGenerator<object> {
  const progress = layerProgress('push')
  const tag = tagOf(name)
  yield { status: `The push refers to repository [${name.slice(0, name.lastIndexOf(':'))}]` }
  for await (const item of items) {
    if (item.error) throw new EngineError('Internal', item.error)
    if (item.layer) yield* progress(item.layer)
    const { manifestdigest: digest } = item
    if (!digest) continue
    yield { status: `${tag}: digest: ${digest}` }
    yield { progressDetail: {}, aux: { Tag: tag, Digest: digest } }
  }
}

/** Docker's rule: a repository alone means all its tags. */
async function pushAll(call: CompatCall, repository: string): Promise<AsyncIterable<object>> {
  const list = await call.engine['image.list']({}, call.options)
  const names = list.flatMap(({ RepoTags }) => RepoTags ?? []).filter((each) => each.startsWith(`${repository}:`))
  if (names.length === 0)
    throw new EngineError('ImageNotFound', `An image does not exist locally with the tag: ${familiar(repository)}`, {
      details: { name: repository },
    })
  return (async function* () {
    for (const name of names) yield* await push(call, name)
  })()
}
