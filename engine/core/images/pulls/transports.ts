import type { Parsed } from '../../../contract/index.ts'
import {
  formatReference,
  type ImageSource,
  openArchiveFile,
  parseReference,
  parseTransport,
  qualify,
  splitPath,
  type TransportName,
  wantedPlatform,
} from '../../../image/index.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { archivedImages } from '../archive/contents.ts'
import { openPlainFile } from '../archive/plain.ts'
import { fetchImage } from './fetch.ts'
import type { Progress } from './pull-progress.ts'
import { platformChoice } from './registries.ts'
import { openSource } from '../transports/index.ts'

interface Job {
  context: Context
  input: Parsed<'image.pull'>
  progress: Progress
  signal: AbortSignal
}

/**
 * Pulls from an archive, a folder, a daemon or the store itself. Of an archive without a name behind its path all images are taken,
 * with all their names, as podman does.
 * @returns an image for each name, and one for each image without.
 */
export async function pullFromTransport(job: Job): Promise<ImageRecord[]> {
  const { context, input, signal } = job
  const place = parseTransport(input.reference)
  const { path, name } = splitPath(place.rest)
  if (/^(docker|oci)-archive$/.test(place.transport) && name === '') return pullArchive(job, path)
  const source = await openSource(context, input.reference, { signal, ...(input.authfile ? { authfile: input.authfile } : {}) })
  return fetchNamed(job, source, namesOf(place, name, source))
}

/** The name of an image from such a source, as in podman: a folder gives no name. */
function namesOf({ transport }: TransportName, name: string, source: ImageSource): string[] {
  if (transport === 'dir') return []
  if (transport === 'containers-storage' || transport === 'docker-daemon')
    return source.reference ? [formatReference(source.reference)] : []
  if (name === '' || name.startsWith('@')) return []
  return [formatReference(qualify(parseReference(name), transport === 'oci-archive' ? 'localhost' : 'docker.io'))]
}

async function pullArchive(job: Job, path: string): Promise<ImageRecord[]> {
  const file = await openArchiveFile(await openPlainFile(job.context, path, job.signal), path)
  try {
    const records: ImageRecord[] = []
    for (const { names, open } of archivedImages(file)) records.push(...(await fetchNamed(job, await open(), names)))
    return records
  } finally {
    file.close()
  }
}

/** Fetches the image of a source into the store, and closes the source. */
async function fetchNamed(
  { context, input, progress, signal }: Job,
  source: ImageSource,
  names: readonly string[],
): Promise<ImageRecord[]> {
  try {
    progress.line('Getting image source signatures')
    const wanted = wantedPlatform(platformChoice(input))
    const record = await fetchImage({ context, source, names, wanted, platformNamed: false, progress, signal })
    return names.length > 1 ? names.map(() => record) : [record]
  } finally {
    await source.close()
  }
}
