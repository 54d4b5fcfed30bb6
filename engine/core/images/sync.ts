import { statSync } from 'node:fs'
import { join } from 'node:path/posix'

import type { CallOptions, Output } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { formatReference } from '../../image/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { copyBetween } from './copy.ts'
import { transferStream } from './copies/stream.ts'
import { planSync } from './sync-plan/plan.ts'
import type { Notice, SyncGroup, SyncImage, SyncInput } from './sync-plan/search.ts'
import { registryReference } from './transports/registry-source.ts'

type Item = Output<'image.sync'>

/** Copies many images, one after another: of a repository, a folder or a list, to a registry or into folders. */
export const sync: Verb<'image.sync'> = async (context, input, options) => {
  if (input.src === 'dir' && input.dest === 'dir')
    throw new EngineError('NotSupported', "sync from 'dir' to 'dir' not implemented, consider using rsync instead")
  const notices: Item[] = []
  const note = (level: Notice['level'], message: string, fields: Record<string, string> = {}): void => {
    notices.push({ notice: { level, message, fields } })
  }
  const groups = await planSync({ context, input, signal: options.signal, note })
  if (input.dryRun) note('warning', 'Running in dry-run mode')
  return syncAll(context, input, options, groups, notices)
}

async function* syncAll(
  context: Context,
  input: SyncInput,
  options: CallOptions,
  groups: readonly SyncGroup[],
  notices: readonly Item[],
): AsyncGenerator<Item, void, undefined> {
  yield* notices
  let failed = false
  let done = 0
  for (const group of groups) {
    for (const [i, image] of group.images.entries()) {
      const destination = destinationOf(input, image)
      const number = `image ref ${i + 1}/${group.images.length}`
      const fields = { from: image.source, to: destination }
      yield notice('info', `${input.dryRun ? 'Would have copied' : 'Copying'} ${number}`, fields)
      if (!input.dryRun) {
        const failure = yield* copyOne(context, input, options, group, image, destination)
        const message = `Error copying ref ${JSON.stringify(image.source)}`
        if (failure && (!input.keepGoing || failure.code === 'Cancelled'))
          throw new EngineError(failure.code, `${message}: ${failure.message}`, { details: failure.details, cause: failure })
        if (failure) {
          failed = true
          yield notice('error', message, { error: failure.message })
          continue
        }
      }
      done++
    }
  }
  yield notice('info', `${input.dryRun ? 'Would have synced' : 'Synced'} ${done} images from ${groups.length} sources`)
  if (failed) throw new EngineError('RegistryProtocol', 'Sync failed due to previous reported error(s) for one or more images')
}

const notice = (level: Notice['level'], message: string, fields: Record<string, string> = {}): Item => ({
  notice: { level, message, fields },
})

/** @returns why it could not be copied. */
async function* copyOne(
  context: Context,
  input: SyncInput,
  options: CallOptions,
  { access }: SyncGroup,
  { source }: SyncImage,
  destination: string,
): AsyncGenerator<Item, EngineError | undefined, undefined> {
  const choice = {
    ...input,
    ...access,
    source,
    destination,
    additionalTags: [],
    skipExisting: true,
    destCompress: false,
    destDecompress: false,
    destOciAcceptUncompressedLayers: false,
  }
  try {
    const items = transferStream(options, false, 'The sync was cancelled.', (progress, signal) =>
      copyBetween(context, choice, progress, signal),
    )
    for await (const item of items) {
      const { manifestdigest, ...rest } = item
      if (manifestdigest === undefined) yield rest
      else yield { synced: { source, destination, digest: manifestdigest } }
    }
    return undefined
  } catch (error) {
    return EngineError.from(error)
  }
}

/** Where an image goes, with the transport. A folder that is there is never written over. */
function destinationOf({ dest, destination, scoped, appendSuffix = '' }: SyncInput, { suffix }: SyncImage): string {
  const below = scoped ? suffix : suffix.slice(suffix.lastIndexOf('/') + 1)
  const place = join(destination, below) + appendSuffix
  if (dest === 'docker') return `docker://${formatReference(registryReference(place))}`
  if (statSync(place, { throwIfNoEntry: false }))
    throw new EngineError('InvalidArgument', `Refusing to overwrite destination directory ${JSON.stringify(place)}`, {
      details: { path: place },
    })
  return `dir:${place}`
}
