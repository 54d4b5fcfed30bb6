import type { CallOptions, Engine, Output } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'
import { checkName, familiar, fullName, hasTag, tagOf, withTag } from '../names.ts'
import { platformOf } from '../platform.ts'
import { layerProgress, type ProgressLine } from '../progress.ts'

type PullItem = Output<'image.pull'>

/** A pull. Docker's rule: a repository alone means all of it. */
export const pull: Mapping<'docker.image.pull'> = async (engine, { fromImage, tag, platform, credentials }, options) => {
  const reference = withTag(fullName(fromImage), tag)
  checkName(reference)
  const before = await idOf(engine, reference, options)
  const items = await engine['image.pull'](
    { reference, policy: 'always', allTags: !hasTag(reference), ...platformOf(platform), credentials },
    options,
  )
  return pullSteps(engine, reference, before, items, options)
}

async function idOf(engine: Engine, name: string, options: CallOptions): Promise<string | undefined> {
  try {
    return (await engine['image.inspect']({ name }, options)).Id
  } catch {
    return undefined
  }
}

/** Yields nothing before the image has been found: until then a failure decides the status. */
async function* pullSteps(
  engine: Engine,
  reference: string,
  before: string | undefined,
  items: AsyncIterable<PullItem>,
  options: CallOptions,
): AsyncGenerator<ProgressLine> {
  const progress = layerProgress('pull')
  let found = false
  let id = ''
  for await (const item of items) {
    if (item.error) throw new EngineError('Internal', item.error)
    if (!found && !item.layer && !item.id && !item.images?.length) continue
    if (!found) yield { status: `Pulling from ${repositoryPath(reference)}`, id: tagOf(reference) }
    found = true
    if (item.layer) yield* progress(item.layer)
    id = item.id ?? item.images?.at(-1) ?? id
  }
  if (!found) yield { status: `Pulling from ${repositoryPath(reference)}`, id: tagOf(reference) }
  if (id !== '') yield { status: `Digest: ${(await engine['image.inspect']({ name: id }, options)).Digest}` }
  const done = before === id ? 'Image is up to date for' : 'Downloaded newer image for'
  yield { status: `Status: ${done} ${familiar(reference)}` }
}

/** A name without its registry and tag. */
function repositoryPath(name: string): string {
  const bare = name.replace(/@.*$/, '')
  return bare.slice(bare.indexOf('/') + 1, hasTag(bare) ? bare.lastIndexOf(':') : undefined)
}
