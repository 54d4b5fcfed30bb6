import path from 'node:path'

import type { ArtifactVolume, ContainerSpec, ImageVolume } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { fileNameOf } from '../../../image/index.ts'
import { type ContainerMount, findContainer } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { bindOptions } from './mount-options.ts'

/** Mounts that come from elsewhere than the request's own lists. */
export interface OtherMounts {
  /** Images and files of artifacts that are shown. */
  images: ContainerMount[]
  /** Those of other containers (`--volumes-from`); what the request mounts at the same place wins. */
  inherited: ContainerMount[]
}

/** @throws EngineError `ContainerNotFound`, `ImageNotFound`, `InvalidArgument`. */
export async function otherMounts(context: Context, spec: ContainerSpec): Promise<OtherMounts> {
  const images: ContainerMount[] = []
  for (const volume of spec.image_volumes ?? []) images.push(await imageMount(context, volume))
  for (const volume of spec.artifact_volumes ?? []) images.push(...(await artifactMounts(context, volume)))
  return { images, inherited: (spec.volumes_from ?? []).flatMap((text) => mountsOf(context, text)) }
}

async function imageMount(context: Context, { Source, Destination, ReadWrite, subPath }: ImageVolume): Promise<ContainerMount> {
  const { resolveImage } = await import('../../images/resolve/resolve-image.ts')
  const { id } = await resolveImage(context, Source)
  return {
    kind: 'image',
    source: Source,
    image: id,
    destination: Destination,
    type: 'bind',
    options: bindOptions(ReadWrite ? [] : ['ro'], ['nosuid', 'nodev']),
    ...(subPath ? { subpath: subPath } : {}),
  }
}

/**
 * A file of an artifact is shown as the destination; several, or one with a name or a destination that ends with a slash, in it.
 *
 * @throws EngineError `ImageNotFound`, `NotFound`, `InvalidArgument`.
 */
async function artifactMounts(context: Context, volume: ArtifactVolume): Promise<ContainerMount[]> {
  const { chooseLayers } = await import('../../artifacts/extract.ts')
  const { findArtifact, readArtifact } = await import('../../artifacts/find.ts')
  const { requireFileName } = await import('../../artifacts/file-name.ts')
  const { source, destination, title, digest, name } = volume
  const chosen = chooseLayers((await readArtifact(context, findArtifact(context, source))).manifest.layers, { title, digest })
  if (chosen.length > 1 && name)
    throw invalid(`The artifact ${source} has several files, which cannot have one name; give title= or digest=.`)
  const isFolder = chosen.length > 1 || Boolean(name) || destination.endsWith('/')
  return chosen.map((layer) => ({
    kind: 'artifact',
    source,
    artifact: layer.digest,
    destination: isFolder ? path.posix.join(destination, requireFileName(name || fileNameOf(layer))) : destination,
    type: 'bind',
    options: bindOptions(['ro'], ['nosuid', 'nodev']),
  }))
}

const access = ['ro', 'rw']
const labels = ['z']

/** `NAME[:OPTIONS]`: the volumes and folders of the host that another container has. */
function mountsOf(context: Context, text: string): ContainerMount[] {
  const [name = '', given = ''] = text.split(':', 2)
  const options = given.split(',').filter(Boolean)
  const wrong = options.find((option) => !access.includes(option) && !labels.includes(option))
  if (wrong !== undefined)
    throw invalid(
      `invalid option ${JSON.stringify(wrong)} specified - volumes from another container can only use z,ro,rw options`,
    )
  for (const [group, what] of [
    [access, 'ro or rw'],
    [labels, 'z'],
  ] as const)
    if (options.filter((option) => group.includes(option)).length > 1) throw invalid(`cannot set ${what} options more than once`)
  const own = options.find((option) => access.includes(option))
  return other(context, name)
    .config.mounts.filter(({ kind, overlay }) => (kind === 'bind' || kind === 'volume') && overlay === undefined)
    .map((mount) =>
      own === undefined ? mount : { ...mount, options: [own, ...mount.options.filter((option) => !access.includes(option))] },
    )
}

function other({ database }: Context, name: string) {
  try {
    return findContainer(database, name)
  } catch (error) {
    if (!EngineError.is(error)) throw error
    const message = `looking up container ${JSON.stringify(name)} for volumes-from: ${error.message}`
    throw new EngineError(error.code, message, { details: error.details, cause: error })
  }
}

function invalid(message: string): EngineError {
  return new EngineError('InvalidArgument', message, { details: { field: 'volumes_from' } })
}
