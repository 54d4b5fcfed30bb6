import type { CallOptions, Engine, Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'
import { familiar, fullName, hasTag, tagOf, withTag } from '../names.ts'
import { layerProgress, type ProgressLine } from '../progress.ts'

/** A push. Docker's rule: a repository alone means all its tags. */
export const push: Mapping<'docker.image.push'> = async (engine, { name, tag, credentials }, options) => {
  const repository = fullName(name)
  const pushOne = (each: string) => pushTag(engine, each, credentials, options)
  if (tag !== undefined || hasTag(repository)) return pushOne(withTag(repository, tag))
  const list = await engine['image.list']({}, options)
  const names = list.flatMap(({ RepoTags }) => RepoTags ?? []).filter((each) => each.startsWith(`${repository}:`))
  if (names.length === 0)
    throw new EngineError('ImageNotFound', `An image does not exist locally with the tag: ${familiar(repository)}`, {
      details: { repository },
    })
  return (async function* () {
    for (const each of names) yield* await pushOne(each)
  })()
}

async function pushTag(
  engine: Engine,
  name: string,
  credentials: string | undefined,
  options: CallOptions,
): Promise<AsyncIterable<ProgressLine>> {
  return pushSteps(name, await engine['image.push']({ name, destination: name, credentials }, options))
}

/** Yields nothing before the push does: an early failure decides the status. */
async function* pushSteps(name: string, items: AsyncIterable<Output<'image.push'>>): AsyncGenerator<ProgressLine> {
  const progress = layerProgress('push')
  const tag = tagOf(name)
  const refers = { status: `The push refers to repository [${name.slice(0, name.lastIndexOf(':'))}]` }
  let begun = false
  for await (const item of items) {
    if (!begun) yield refers
    begun = true
    if (item.error) throw new EngineError('Internal', item.error)
    if (item.layer) yield* progress(item.layer)
    const { manifestdigest: digest } = item
    if (!digest) continue
    yield { status: `${tag}: digest: ${digest}` }
    yield { progressDetail: {}, aux: { Tag: tag, Digest: digest } }
  }
  if (!begun) yield refers
}
