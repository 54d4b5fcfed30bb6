import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { Output, Parsed } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { formatReference, parseReference, qualify, type Reference, repositoryName } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { RegistryFields } from '../transports/access-of.ts'
import { noTags, repositoryTags } from '../remote/tags.ts'

export type SyncInput = Parsed<'image.sync'>
export type Notice = NonNullable<Output<'image.sync'>['notice']>

/** Images of one place that are to be copied. */
export interface SyncGroup {
  images: SyncImage[]
  /** What is said of this registry alone. */
  access: Partial<Pick<SyncInput, 'srcCredentials' | 'srcTlsVerify' | 'srcCertDir'>>
}

export interface SyncImage {
  /** With its transport. */
  source: string
  /** What the image is called below the destination. */
  suffix: string
}

/** What finding images needs. */
export interface Search {
  context: Context
  input: SyncInput
  signal: AbortSignal | undefined
  note(level: Notice['level'], message: string, fields?: Record<string, string>): void
}

const maxDepth = 64
const maxImages = 100_000

/** Finds the images that are to be copied. @throws InvalidArgument, NotFound, ImageReferenceInvalid and what the registry throws */
export async function planSync(search: Search): Promise<SyncGroup[]> {
  const { src, source } = search.input
  if (src === 'yaml') return (await import('./yaml-plan.ts')).planYaml(search)
  const images = src === 'dir' ? imagesBelow(source) : await imagesNamed(search)
  if (images.length === 0)
    throw new EngineError('NotFound', `No images to sync found in ${JSON.stringify(source)}`, { details: { source } })
  return [{ images, access: {} }]
}

/** One image, or all tags of a repository. */
async function imagesNamed(search: Search): Promise<SyncImage[]> {
  const { source } = search.input
  const reference = parse(source)
  const tagged = reference.tag !== undefined || reference.digest !== undefined
  search.note('info', 'Tag presence check', { imagename: source, tagged: String(tagged) })
  return tagged ? [named(reference)] : imagesOf(search, reference, sourceFields(search.input))
}

function parse(source: string): Reference {
  try {
    return qualify(parseReference(source), 'docker.io')
  } catch (cause) {
    throw new EngineError(
      'ImageReferenceInvalid',
      `Cannot obtain a valid image reference for transport "docker" and reference ${JSON.stringify(source)}: ${(cause as Error).message}`,
      { details: { reference: source }, cause },
    )
  }
}

/** An image of a registry. */
export function named(reference: Reference): SyncImage {
  const name = formatReference(reference)
  return { source: `docker://${name}`, suffix: name }
}

/** All tags of a repository. */
export async function imagesOf(
  { context, signal, note }: Search,
  repository: Reference,
  fields: RegistryFields,
): Promise<SyncImage[]> {
  const image = repositoryName(repository)
  note('info', 'Getting tags', { image })
  try {
    return (await repositoryTags(context, repository, fields, signal)).map((tag) => named({ ...repository, tag }))
  } catch (error) {
    throw noTags(error, ` for repo ${image}`)
  }
}

/** How the registry that is copied from is asked for its tags. */
export function sourceFields(input: SyncInput): RegistryFields {
  return {
    tlsVerify: input.srcTlsVerify,
    credentials: input.srcCredentials,
    authfile: input.srcAuthfile,
    certDir: input.srcCertDir,
    registryToken: input.srcRegistryToken,
    anonymous: input.srcAnonymous,
    retry: input.retry,
    retryDelay: input.retryDelay,
  }
}

/** Folders with an image in them (`dir:`), at any depth; links are not followed. */
function imagesBelow(top: string): SyncImage[] {
  if (!statSync(top, { throwIfNoEntry: false })?.isDirectory())
    throw new EngineError('NotFound', `Invalid source directory specified: there is no folder ${top}.`, {
      details: { path: top },
    })
  const images: SyncImage[] = []
  const walk = (folder: string, depth: number): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (entries.some((each) => each.name === 'manifest.json' && !each.isDirectory())) {
      images.push({ source: `dir:${folder}`, suffix: folder.slice(top.length) || basename(top) })
      if (images.length > maxImages) throw new EngineError('TooLarge', `More than ${maxImages} images are below ${top}.`)
      return
    }
    if (depth < maxDepth) for (const each of entries) if (each.isDirectory()) walk(join(folder, each.name), depth + 1)
  }
  walk(top, 0)
  return images
}
