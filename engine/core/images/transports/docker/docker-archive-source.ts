import { EngineError } from '../../../../errors/index.ts'
import {
  dockerArchiveSource,
  type DockerArchiveImage,
  formatReference,
  type ImageSource,
  openArchiveFile,
  parseReference,
  qualify,
  readDockerArchive,
  splitPath,
} from '../../../../image/index.ts'
import { fastInflate, openPlainFile } from '../../archive/plain.ts'
import type { Context } from '../../../context.ts'
import type { Access } from '../access.ts'

/**
 * An image in an archive of `docker save`, compressed or not: `PATH`, `PATH:NAME` or `PATH:@NUMBER`.
 * @throws NotFound, ArchiveInvalid, ImageUnknown, ImageReferenceInvalid
 */
export async function openDockerArchiveSource(context: Context, rest: string, { signal }: Access): Promise<ImageSource> {
  const { path, name } = splitPath(rest)
  const file = await openArchiveFile(await openPlainFile(context, path, signal), path)
  try {
    const image = choose(readDockerArchive(file), name, path)
    const source = await dockerArchiveSource(file, image, { name: `docker-archive:${rest}`, ...fastInflate() })
    return { ...source, close: () => file.close() }
  } catch (error) {
    file.close()
    throw error
  }
}

function choose(images: readonly DockerArchiveImage[], name: string, path: string): DockerArchiveImage {
  if (name === '') {
    if (images.length === 1) return images[0]!
    throw new EngineError(
      'ImageUnknown',
      `The archive ${path} holds ${images.length} images: name one of ${shown(images)}, or @ and its number, counted from 0.`,
    )
  }
  if (name.startsWith('@')) {
    const found = /^@\d{1,9}$/.test(name) ? images[Number(name.slice(1))] : undefined
    if (found) return found
    throw new EngineError('ImageUnknown', `The archive ${path} has no image ${name}: it holds ${images.length}, counted from 0.`)
  }
  const wanted = archiveName(name)
  const found = images.find(({ tags }) => tags.some((tag) => archiveName(tag) === wanted))
  if (found) return found
  throw new EngineError('ImageUnknown', `Tag ${JSON.stringify(wanted)} not found: the archive ${path} holds ${shown(images)}.`)
}

/** The full name of an image in such an archive: short ones are Docker Hub's. @throws ImageReferenceInvalid */
export function archiveName(text: string): string {
  return formatReference(qualify(parseReference(text), 'docker.io'))
}

function shown(images: readonly DockerArchiveImage[]): string {
  const names = images.flatMap(({ tags }) => tags)
  if (names.length === 0) return `${images.length} images without names`
  return names.slice(0, 20).join(', ') + (names.length > 20 ? ' …' : '')
}
