import { EngineError } from '../errors/index.ts'
import {
  type Descriptor,
  type Digest,
  digestOf,
  finishHash,
  hashFor,
  isDigest,
  isTag,
  limits,
  manifestTypes,
  type SourceManifest,
} from '../image/index.ts'
import { fetchBlob } from './transfer/blob.ts'
import type { RegistryOptions } from './options.ts'
import { type HttpResponse, dropBody } from './http/exchange.ts'
import { listPages } from './http/pages.ts'
import { type Send, sendForBody, openSession } from './http/session.ts'
import type { Source } from './config/sources.ts'
import { openUploads, type Uploads } from './transfer/upload.ts'

/** One repository of a registry (OCI distribution-spec, "Pull" and "Push"). The caller closes it. */
export interface Repository extends Uploads {
  /**
   * A manifest by tag or digest, of which the digest is verified.
   * @throws ImageUnknown, RegistryUnreachable, RegistryCertificate, RegistryUnauthorized, RegistryThrottled, RegistryProtocol, DigestMismatch, Cancelled
   */
  manifest(tagOrDigest: string): Promise<SourceManifest>
  /** The digest a tag has now, without fetching it; `undefined` if the registry does not report it. */
  digest(tag: string): Promise<Digest | undefined>
  /**
   * A blob's bytes from `offset` on. Lost connections are resumed where they broke off. The bytes are not verified.
   * @param pooled the chunks may be in pooled buffers, which are reused once they have been sent to a registry.
   * @throws as {@link Repository.manifest}, SizeMismatch
   */
  blob(descriptor: Descriptor, offset?: number, pooled?: boolean): AsyncIterable<Uint8Array>
  /**
   * All tags, as the registry orders them. @throws as {@link Repository.manifest}, ImageUnknown for a repository it does not know,
   * RegistryProtocol for an invalid tag
   */
  tags(limit?: number): Promise<string[]>
  /**
   * Deletes a manifest, with all its tags. @throws as {@link Repository.manifest}, NotSupported where the registry does not support
   * it
   */
  deleteManifest(digest: Digest): Promise<void>
  close(): void
}

/** Opens a repository. No connection is made before the first request. */
export function openRepository(source: Source, options: RegistryOptions = {}): Repository {
  const { registry, repository } = source
  const session = openSession(source, options.push ? forPush(source, options) : options)
  const send = session.send
  return {
    ...openUploads(source, session.sendOnce, options),
    async manifest(tagOrDigest) {
      const accept = manifestTypes.join(', ')
      const response = await sendForBody({
        send,
        registry,
        path: `manifests/${tagOrDigest}`,
        accept,
        maxBytes: limits.manifestBytes,
        options,
      })
      const { bytes } = response
      const digest = verifyManifest(bytes, tagOrDigest, response, `${registry}/${repository}`)
      return { bytes, digest, mediaType: String(response.headers['content-type'] ?? '') }
    },
    async digest(tag) {
      const response = await send(`manifests/${tag}`, { method: 'HEAD', headers: { accept: manifestTypes.join(', ') } })
      dropBody(response)
      const digest = String(response.headers['docker-content-digest'] ?? '')
      return isDigest(digest) ? digest : undefined
    },
    async tags(limit) {
      const more = limit === undefined ? {} : { limit }
      // Some registries list digests as well.
      const wanted = (text: string): boolean => !isDigest(text)
      const tags = await listPages({ send, registry, path: `tags/list`, field: 'tags', wanted, options, ...more })
      return tags.map((tag) => requireTag(tag, source))
    },
    blob: (descriptor, offset = 0, pooled = false) => fetchBlob({ send, registry, descriptor, offset, pooled, ...options }),
    deleteManifest: (digest) => deleteManifest(send, source, digest),
    close: session.close,
  }
}

/** Tags become parts of addresses, of names in the store and of folders. @throws RegistryProtocol */
function requireTag(tag: string, { registry, repository }: Source): string {
  if (isTag(tag)) return tag
  throw new EngineError(
    'RegistryProtocol',
    `The registry ${registry} lists ${JSON.stringify(tag.slice(0, 150))} among the tags of ${repository}, which cannot be one.`,
    { details: { registry, repository } },
  )
}

async function deleteManifest(send: Send, { registry }: Source, digest: Digest): Promise<void> {
  try {
    const response = await send(`manifests/${digest}`, { method: 'DELETE' })
    response.body.destroy()
  } catch (error) {
    if (!EngineError.is(error, 'RegistryProtocol') || error.details['status'] !== 405) throw error
    throw new EngineError('NotSupported', `The registry ${registry} does not let images be deleted: ask its administrator.`, {
      cause: error,
    })
  }
}

/** One login with read and write scope, and a longer timeout for a registry that verifies what it was sent. */
function forPush({ repository }: Source, options: RegistryOptions): RegistryOptions {
  return { idle: 300_000, ...options, scopes: [`repository:${repository}:pull,push`, ...(options.scopes ?? [])] }
}

function verifyManifest(bytes: Buffer, tagOrDigest: string, response: HttpResponse, name: string): Digest {
  const claimed = String(response.headers['docker-content-digest'] ?? '')
  const expected = isDigest(tagOrDigest) ? tagOrDigest : isDigest(claimed) ? claimed : undefined
  if (!expected) return digestOf(bytes)
  const actual = finishHash(hashFor(expected).update(bytes), expected)
  if (actual === expected) return expected
  throw new EngineError(
    'DigestMismatch',
    `The manifest ${tagOrDigest} of ${name} arrived with other content (${actual}) than its digest ${expected}.`,
    { details: { expected, actual } },
  )
}
