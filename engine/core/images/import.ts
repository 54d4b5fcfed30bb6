import { EngineError } from '../../errors/index.ts'
import { digestOf, goMarshal, hostPlatform, type ImageSource, mediaTypes } from '../../image/index.ts'
import { once } from '../../lib/async/once.ts'
import { timestamp } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { type ChangedConfig, parseChanges } from './archive/image-changes.ts'
import { type ImportedLayer, importLayer } from './archive/imported-layer.ts'
import { webAddress } from './archive/web-address.ts'
import { localName } from './resolve/names.ts'
import { fetchImage } from './pulls/fetch.ts'
import { reportToCaller } from './pulls/pull-progress.ts'

/** Makes an image of one layer from an archive of a file system; nothing of it is left when that fails. */
export const importImage: Verb<'image.import'> = async (context, input, options) => {
  const { signal = new AbortController().signal, progress } = options
  const config = parseChanges(input.changes)
  const names = input.reference ? [localName(input.reference)] : []
  // Made for another platform on purpose: nothing to warn of.
  const platform = {
    ...hostPlatform(),
    ...(input.OS ? { os: input.OS } : {}),
    ...(input.Architecture ? { architecture: input.Architecture } : {}),
  }
  // Podman's message, except where clients take it for the image's id.
  if (input.url) progress?.(`Downloading from ${JSON.stringify(input.url)}`)
  const layer = await importLayer(context, await archiveOf(input, signal), signal)
  try {
    const document = imageDocument(layer, config, {
      created: input.created ?? timestamp(),
      architecture: platform.architecture,
      os: platform.os,
      ...(input.Variant ? { variant: input.Variant } : {}),
      comment: input.message || 'imported from tarball',
    })
    const shown = reportToCaller(options)
    shown.line('Getting image source signatures')
    const { id } = await fetchImage({
      context,
      source: importedSource(layer, document),
      names,
      wanted: platform,
      platformNamed: false,
      progress: shown,
      signal,
      event: 'import',
    })
    return { Id: `sha256:${id}` }
  } finally {
    layer.close()
  }
}

async function archiveOf(
  { url, body }: { url?: string | undefined; body: AsyncIterable<Uint8Array> },
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  if (!url) return body
  const address = webAddress(url)
  if (!address)
    throw new EngineError('InvalidArgument', `${JSON.stringify(url.slice(0, 200))} is no http or https address.`, {
      details: { field: 'url' },
    })
  const { downloadFile } = await import('../../registry/index.ts')
  return downloadFile(address, signal)
}

interface Facts {
  created: string
  architecture: string
  os: string
  variant?: string
  comment: string
}

/** Field by field in the order that podman writes, so that the same import has the same id. */
function imageDocument({ diffId }: ImportedLayer, config: ChangedConfig, facts: Facts): Buffer {
  const { created, architecture, os, variant, comment } = facts
  return Buffer.from(
    goMarshal({
      created,
      architecture,
      os,
      ...(variant ? { variant } : {}),
      config,
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created, created_by: `/bin/sh -c #(nop) ADD file:${diffId.slice('sha256:'.length)} in /`, comment }],
    }),
  )
}

function importedSource(layer: ImportedLayer, document: Buffer): ImageSource {
  const config = digestOf(document)
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: { mediaType: mediaTypes.ociConfig, digest: config, size: document.length },
      layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.size }],
    }),
  )
  return {
    name: 'the imported archive',
    manifest: async () => ({ bytes, digest: digestOf(bytes), mediaType: mediaTypes.ociManifest }),
    blob: (descriptor, offset = 0) => (descriptor.digest === config ? once(document.subarray(offset)) : layer.bytes(offset)),
    range: ({ digest }) => (digest === layer.digest ? layer.place : undefined),
    close: () => {},
  }
}
