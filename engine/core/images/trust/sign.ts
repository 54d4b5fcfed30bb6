import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { gpgSign } from '../../../adapters/gpg.ts'
import { EngineError } from '../../../errors/index.ts'
import { type Digest, formatReference, makePayload, parseManifest, type Reference } from '../../../image/index.ts'
import type { Verb } from '../../verb.ts'
import { openSource } from '../transports/index.ts'
import { writeLookaside } from './lookaside.ts'
import { signatureStores } from './signature-stores.ts'

/** Signs the image of a name at a registry; with `all` also each image of a list. */
export const sign: Verb<'image.sign'> = async (context, input, { signal }) => {
  const { name, signBy, directory, all, ...access } = input
  const source = await openSource(context, name.includes('://') ? name : `docker://${name}`, {
    ...access,
    ...(signal ? { signal } : {}),
  })
  try {
    const reference = source.reference
    if (!reference || !source.name.startsWith('docker:'))
      throw new EngineError(
        'NotSupported',
        `Only images of registries are signed, and ${name} is none: give docker://registry/name:tag.`,
      )
    const top = await source.manifest()
    const parsed = parseManifest(top.bytes, top.mediaType, name)
    const digests = [top.digest, ...(all && parsed.kind === 'index' ? parsed.manifests.map(({ digest }) => digest) : [])]
    const store = await storeFor(reference, directory)
    for (const digest of digests) await addSignature(store, reference, digest, signBy, signal)
    return { Files: digests.map((digest) => join(store.pathname, `${reference.repository}@${digest.replace(':', '=')}`)) }
  } finally {
    await source.close()
  }
}

async function storeFor(reference: Reference, directory: string | undefined): Promise<URL> {
  if (directory !== undefined) return pathToFileURL(directory)
  const { write } = await signatureStores(reference)
  if (write) return write
  throw new EngineError(
    'NotSupported',
    `There is no place for signatures of ${formatReference(reference)}: set lookaside-staging in /etc/containers/registries.d, or give --directory.`,
  )
}

async function addSignature(store: URL, reference: Reference, digest: Digest, key: string, signal?: AbortSignal): Promise<void> {
  const payload = makePayload('simple', { digest, identity: formatReference(reference) }, 'berth', Math.floor(Date.now() / 1000))
  await writeLookaside(store, reference, digest, [await gpgSign({ payload, key, ...(signal ? { signal } : {}) })])
}
