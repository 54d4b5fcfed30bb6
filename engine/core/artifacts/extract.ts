import { EngineError } from '../../errors/index.ts'
import { type Descriptor, fileNameOf, titleAnnotation } from '../../image/index.ts'
import { type TarInput, writeTar } from '../../lib/tar/index.ts'
import type { Context } from '../context.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import type { Verb } from '../verb.ts'
import { artifactSource } from './artifact-source.ts'
import { requireFileName } from './file-name.ts'
import { findArtifact, readArtifact } from './find.ts'

/** The files of an artifact as a tar archive, all of them or the one of a title or digest. */
export const extract: Verb<'artifact.extract'> = async (context, { name, title, digest, excludeTitle }) => {
  const record = findArtifact(context, name)
  const { layers } = (await readArtifact(context, record)).manifest
  const chosen = chooseLayers(layers, { title, digest })
  const untitled = excludeTitle && chosen.length === 1
  const entries = chosen.map((layer) => ({
    layer,
    // A requested digest is also the file's name.
    name: untitled ? 'blob' : requireFileName(fileNameOf(digest ? { digest: layer.digest } : layer)),
  }))
  requireDistinct(entries.map((each) => each.name))
  return archive(context, record.name, entries)
}

interface Entry {
  layer: Descriptor
  name: string
}

async function* archive(context: Context, name: string, entries: readonly Entry[]): AsyncGenerator<Uint8Array, void, undefined> {
  const release = await keepBlobs(context)
  try {
    const source = artifactSource(context, findArtifact(context, name))
    // As podman: the files are as old as the archive.
    const mtime = BigInt(Date.now()) * 1_000_000n
    const members = entries.map(({ layer, name: path }): TarInput => ({
      header: { type: 'file', path, mode: 0o600, uid: 0, gid: 0, size: layer.size, mtime },
      body: source.blob(layer),
    }))
    yield* writeTar(members)
  } finally {
    release()
  }
}

/** The files of an artifact, all or the one of a title or digest. @throws EngineError `NotFound`, `InvalidArgument`, `NameAmbiguous` */
export function chooseLayers(
  layers: readonly Descriptor[],
  { title, digest }: { title?: string | null | undefined; digest?: string | null | undefined },
): readonly Descriptor[] {
  if (title && digest) throw new EngineError('InvalidArgument', 'cannot specify both digest and title')
  if (layers.length === 0) throw new EngineError('NotFound', 'the artifact has no blobs, nothing to extract')
  return title || digest ? [chooseLayer(layers, title ?? undefined, digest ?? undefined)] : layers
}

function chooseLayer(layers: readonly Descriptor[], title: string | undefined, digest: string | undefined): Descriptor {
  const what = title ? `the title ${JSON.stringify(title)}` : `the digest ${JSON.stringify(digest)}`
  const found = layers.filter((layer) => (title ? layer.annotations?.[titleAnnotation] === title : layer.digest === digest))
  const [first] = found
  if (!first) throw new EngineError('NotFound', `no blob with ${what}`)
  if (new Set(found.map((layer) => layer.digest)).size > 1)
    throw new EngineError('NameAmbiguous', `more than one match for ${what}`)
  return first
}

/** Of two files with one name, the second would silently replace the first. */
function requireDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new EngineError(
      'NameAmbiguous',
      `The artifact has more than one file ${JSON.stringify(twice)}: choose one by its digest.`,
    )
}

/** Keeps blobs from being removed until the returned function is called. */
async function keepBlobs(context: Context): Promise<() => void> {
  const over = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const holding = withSharedLock(context, () => {
    begun.resolve()
    return over.promise
  })
  await Promise.race([begun.promise, holding])
  return over.resolve
}
