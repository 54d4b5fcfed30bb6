import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { parseReference, qualify, type Reference } from '../../../image/index.ts'
import { imagesOf, named, type Search, sourceFields, type SyncGroup, type SyncImage } from './search.ts'

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
