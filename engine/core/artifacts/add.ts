import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import {
  type Descriptor,
  digestOf,
  emptyBlob,
  emptyDescriptor,
  formatArtifact,
  limits,
  type Manifest,
  titleAnnotation,
} from '../../image/index.ts'
import { artifactByName, putArtifact, timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { imageBlobs, withSharedLock } from '../images/store/image-store.ts'
import { toAnnotations } from '../manifests/annotations.ts'
import type { Verb } from '../verb.ts'
import { artifactName, findArtifact, readArtifact } from './find.ts'
import { requireFileName } from './file-name.ts'
import { storeBytes } from './store-file.ts'

type Input = Parsed<'artifact.add'>

/** Creates an artifact of one file, or with `append` adds the file to one. Atomic. */
export const add: Verb<'artifact.add'> = async (context, input, options) => {
  const annotations = toAnnotations(input.annotations)
  if (annotations[titleAnnotation] !== undefined)
    throw new EngineError('InvalidArgument', `cannot override filename with ${titleAnnotation} annotation`)
  if (input.append && input.artifactMIMEType)
    throw new EngineError('InvalidArgument', 'append option is not compatible with type option')
  requireFileName(input.fileName)
  const name = input.append ? findArtifact(context, input.name).name : artifactName(input.name)
  // Names hold slashes, and locks are files.
  const lock = `artifact-${digestOf(Buffer.from(name)).slice('sha256:'.length)}`
  const digest = await context.lock('image', lock, () =>
    withSharedLock(context, () => addFile(context, name, input, annotations, options.signal), options.signal),
  )
  return { ArtifactDigest: digest }
}

async function addFile(
  context: Context,
  name: string,
  input: Input,
  annotations: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { database } = context
  if (!input.append) requireFree(context, name)
  const before = input.append ? (await readArtifact(context, findArtifact(context, name))).manifest : undefined
  requireCapacity(before, name, input.fileName)
  const { digest, size, type } = await storeBytes(context, input.body, signal)
  const layer: Descriptor = {
    mediaType: input.fileMIMEType || type,
    digest,
    size,
    annotations: { ...annotations, [titleAnnotation]: input.fileName },
  }
  const config = before?.config ?? emptyDescriptor
  const layers = [...(before?.layers ?? []), layer]
  const manifest = formatArtifact({
    artifactType: before?.artifactType ?? input.artifactMIMEType,
    config,
    layers,
    subject: before?.subject,
    annotations: before?.annotations,
  })
  const blobs = imageBlobs(context)
  if (!before) blobs.put(emptyBlob)
  const own = blobs.put(manifest)
  await database.transaction(() => {
    if (!input.append) requireFree(context, name)
    const needed = new Set([own, config.digest, ...layers.map((each) => each.digest)])
    putArtifact(database, { name, digest: own, added: timestamp(), blobs: [...needed] })
  })
  return own
}

function requireFree({ database }: Context, name: string): void {
  if (artifactByName(database, name))
    throw new EngineError('ImageExists', `artifact ${name} already exists`, { details: { name } })
}

function requireCapacity(before: Manifest | undefined, name: string, file: string): void {
  const layers = before?.layers ?? []
  if (layers.some(({ annotations }) => annotations?.[titleAnnotation] === file))
    throw new EngineError('ImageExists', `${file}: file already exists in artifact ${name}`, { details: { name, file } })
  if (layers.length >= limits.artifactLayers)
    throw new EngineError('TooLarge', `The artifact ${name} has ${limits.artifactLayers} files already, and may not have more.`)
}
