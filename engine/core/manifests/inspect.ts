import { EngineError } from '../../errors/index.ts'
import { describeImageList, mediaTypes, parseAnyManifest, type SourceManifest } from '../../image/index.ts'
import { candidates, readRegistriesConf } from '../../registry/index.ts'
import { formatReference } from '../../image/index.ts'
import { isManifestList } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { lookUpImage } from '../images/resolve/find.ts'
import { type Access, hasTransport, openSource } from '../images/transports/index.ts'
import type { Verb } from '../verb.ts'
import { accessOf } from '../images/transports/access-of.ts'
import { listBytes } from './instance.ts'

/** Shows a list of the store; a name without a list here is looked up at the registry. */
export const inspect: Verb<'manifest.inspect'> = async (context, input, options) => {
  const { name } = input
  const record = hasTransport(name) ? undefined : lookUpImage(context.database, name)?.record
  if (record && isManifestList(record)) {
    const { digest, mediaType } = record.facts.manifest
    return describeImageList(listBytes(context, digest), mediaType, `The manifest list ${name}`, record.facts.list.files)
  }
  const { bytes, mediaType } = await readRemote(context, name, accessOf(input, options.signal))
  const what = `The manifest of ${name}`
  const parsed = parseAnyManifest(bytes, mediaType, what)
  if (parsed.kind === 'index') return describeImageList(bytes, parsed.mediaType, what)
  // As podman, by which scripts find out whether an image of Docker's kind is there: a list without anything in it.
  if (parsed.mediaType === mediaTypes.dockerManifest) return { schemaVersion: 2, mediaType: parsed.mediaType, manifests: null }
  throw new EngineError(
    'ManifestInvalid',
    `${what} is that of a single image (${parsed.mediaType}) and not a list: use \`image inspect\` for it.`,
    { details: { name } },
  )
}

async function readRemote(context: Context, name: string, access: Access): Promise<SourceManifest> {
  const places = hasTransport(name)
    ? [name]
    : candidates(await readRegistriesConf(), name).map((each) => `docker://${formatReference(each)}`)
  let failure: unknown
  for (const place of places) {
    try {
      const source = await openSource(context, place, access)
      try {
        return await source.manifest()
      } finally {
        await source.close()
      }
    } catch (error) {
      if (EngineError.is(error, 'Cancelled')) throw error
      failure ??= error
    }
  }
  throw failure ?? new EngineError('ImageUnknown', `There is no place to read the manifest of ${name} from.`)
}
