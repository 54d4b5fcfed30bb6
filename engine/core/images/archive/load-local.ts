import { closeSync, existsSync, openSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'

import type { CallOptions } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { parseLayoutIndex } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import type { Verb } from '../../verb.ts'
import { notAnArchive } from './contents.ts'
import { loadArchive, loadImage } from './load-archive.ts'
import { openPlainFile, plainBody } from './plain.ts'
import { webAddress } from './web-address.ts'
import { readSmall } from '../transports/file-bytes.ts'
import { openSource } from '../transports/index.ts'

/** Loads the images of an archive, or of a folder as `save --format oci-dir|docker-dir` writes it, on this host or at a web address. */
export const loadLocal: Verb<'image.loadLocal'> = async (context, { path }, options) => {
  const { signal } = options
  const url = webAddress(path)
  if (url) {
    const { downloadFile } = await import('../../../registry/index.ts')
    const content = await plainBody(context, await downloadFile(url, signal), signal)
    return { Names: await loadArchive(context, content, `${url.host}${url.pathname}`, options) }
  }
  const found = status(path)
  if (!found) throw new EngineError('NotFound', `faccessat ${path}: no such file or directory`, { details: { path } })
  if (found.isDirectory()) return { Names: await loadFolder(context, path, options) }
  const content = await openPlainFile(context, path, signal).catch((error: unknown) => {
    throw EngineError.is(error, 'LayerInvalid') ? notAnArchive(path, EngineError.from(error).message, error) : error
  })
  return { Names: await loadArchive(context, content, path, options) }
}

function status(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'EACCES' ? 'permission denied' : (cause as Error).message
    throw new EngineError('AccessDenied', `faccessat ${path}: ${reason}`, { details: { path }, cause })
  }
}

async function loadFolder(context: Context, path: string, options: CallOptions): Promise<string[]> {
  // Under its number: in a transport's name, a colon would end the path.
  const fd = openSync(path, 'r')
  const folder = `/proc/self/fd/${fd}`
  try {
    const loaded: string[] = []
    for (const name of folderImages(folder, path)) {
      const source = await openSource(context, name, options.signal ? { signal: options.signal } : {})
      // As podman: a folder gives an image no name.
      loaded.push(...(await loadImage(context, source, [], options)))
    }
    return loaded
  } finally {
    closeSync(fd)
  }
}

function folderImages(folder: string, path: string): string[] {
  if (existsSync(join(folder, 'index.json'))) {
    const index = readSmall(join(folder, 'index.json'), `The index.json of the folder ${path}`)
    const { manifests } = parseLayoutIndex(index, `the folder ${path}`)
    return manifests.map((_, place) => `oci:${folder}:@${place}`)
  }
  if (existsSync(join(folder, 'manifest.json'))) return [`dir:${folder}`]
  throw notAnArchive(path, 'the folder has neither the index.json of an OCI layout nor the manifest.json of a dir')
}
