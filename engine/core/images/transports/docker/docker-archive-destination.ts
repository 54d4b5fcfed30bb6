import { statSync } from 'node:fs'

import { EngineError } from '../../../../errors/index.ts'
import { type Digest, limits, type Manifest, mediaTypes, parseManifest, splitDigest, splitPath } from '../../../../image/index.ts'
import type { Context } from '../../../context.ts'
import { archiveIndex, configFile, layerFile } from '../../archive/save-docker.ts'
import { document, member } from '../../archive/saved-image.ts'
import { openTarFile } from '../../archive/tar-file.ts'
import type { Destination, DestinationAccess } from '../access.ts'
import { archiveName } from './docker-archive-source.ts'

/**
 * An archive as `docker save` writes it, written from scratch: `PATH`, or `PATH:NAME` to give the image a name there.
 * @throws ImageReferenceInvalid, NotSupported when there is an archive already, NotFound, AccessDenied
 */
export async function openDockerArchiveDestination(
  _context: Context,
  rest: string,
  { additionalTags = [] }: DestinationAccess,
): Promise<Destination> {
  const { path, tags } = readPlace(rest, additionalTags)
  const file = openTarFile(path)
  const layers = new Set<Digest>()
  const configs = new Map<Digest, Buffer>()
  let top: Manifest | undefined
  return {
    name: `docker-archive:${rest}`,
    traits: { manifestTypes: [mediaTypes.dockerManifest], layers: 'decompress', lists: false },
    has: async ({ digest }) => layers.has(digest) || configs.has(digest),
    async putBlob({ digest, size, mediaType }, bytes) {
      if (mediaType === mediaTypes.dockerConfig || mediaType === mediaTypes.ociConfig) {
        // The list at the end of the archive is made from it.
        if (size > limits.configBytes) throw new EngineError('TooLarge', `The configuration ${digest} is larger than 4 MiB.`)
        configs.set(digest, Buffer.concat(await Array.fromAsync(bytes)))
      } else {
        await file.add(member(layerFile(digest), size, bytes, 0o444))
        layers.add(digest)
      }
    },
    async putManifest({ bytes, mediaType }) {
      const manifest = parseManifest(bytes, mediaType, 'The image')
      if (manifest.kind === 'manifest') top = manifest
    },
    async commit() {
      const config = top && configs.get(top.config.digest)
      if (!top || !config) {
        file.discard()
        throw new EngineError('Internal', `No image was written to docker-archive:${rest}.`)
      }
      const id = splitDigest(top.config.digest).hex
      const diffIds = top.layers.map(({ digest }) => digest)
      await file.commit([document(configFile(id), config, 0o444), ...archiveIndex([{ id, tags, config, diffIds }])])
    },
    discard: async () => file.discard(),
  }
}

function readPlace(rest: string, additionalTags: readonly string[]): { path: string; tags: string[] } {
  const { path, name } = splitPath(rest)
  if (path === '')
    throw new EngineError(
      'ImageReferenceInvalid',
      'The place docker-archive: needs a file: docker-archive:PATH or docker-archive:PATH:NAME.',
    )
  if (name.startsWith('@'))
    throw new EngineError('ImageReferenceInvalid', `An image cannot be written to a place by number: docker-archive:${rest}.`)
  const tags = [...new Set([...(name === '' ? [] : [name]), ...additionalTags].map(archiveName))]
  const digested = tags.find((tag) => tag.includes('@'))
  if (digested)
    throw new EngineError('ImageReferenceInvalid', `docker-archive doesn't support digest references for saving: ${digested}`)
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new EngineError('NotSupported', "docker-archive doesn't support modifying existing images", { details: { path } })
  return { path, tags }
}
