import { createHash } from 'node:crypto'

import { EngineError } from '../../../errors/index.ts'
import type { Mapping } from '../mapping.ts'
import { fullName } from '../names.ts'

const maxBytes = 4 * 1024 * 1024

interface ManifestText {
  mediaType?: string
  manifests?: { platform?: { architecture?: string; os?: string; variant?: string } }[]
}

/** The digest and the platforms of an image at its registry. */
export const distribution: Mapping<'docker.registry.distribution'> = async (engine, { name, credentials }, options) => {
  const reference = `docker://${fullName(name)}`
  const bytes = await collect(await engine['image.remoteRaw']({ reference, credentials }, options))
  const manifest = JSON.parse(bytes.toString()) as ManifestText
  const list = manifest.manifests?.flatMap(({ platform }) => (platform ? [platform] : []))
  const single = async () => {
    const { Architecture, Os, Variant } = await engine['image.remoteInspect']({ reference, noTags: true, credentials }, options)
    return [{ architecture: Architecture, os: Os, ...(Variant ? { variant: Variant } : {}) }]
  }
  return {
    Descriptor: {
      mediaType: manifest.mediaType ?? `application/vnd.oci.image.${list ? 'index' : 'manifest'}.v1+json`,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
      size: bytes.length,
    },
    Platforms: list ?? (await single()),
  }
}

async function collect(items: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const item of items) {
    size += item.length
    if (size > maxBytes) throw new EngineError('TooLarge', 'The manifest is larger than 4 MiB.')
    parts.push(item)
  }
  return Buffer.concat(parts)
}
