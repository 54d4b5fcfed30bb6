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
import { fetchBlob } from './blob.ts'
import type { Connections } from './connections.ts'
import type { Credentials } from './credentials.ts'
import { type Answer, dropBody } from './exchange.ts'
import { listPages } from './pages.ts'
import { type Ask, askWhole, openSession } from './session.ts'
import type { Source } from './sources.ts'
import { openUploads, type Uploads } from './upload.ts'

export interface RegistryOptions {
  credentials?: Credentials
  certDir?: string
  /** How often a request that failed in passing is tried again; 3. */
  retry?: number
  /** Milliseconds before the first retry, doubled for each; 1,000. */
  retryDelay?: number
  /** Told, in a line, when something failed in passing and is tried again after a while. */
  onRetry?: (line: string) => void
  /** A bearer token to use instead of a login. */
  token?: string
  /** Scopes to ask for beside those the registry wants, such as `repository:a/b:pull` to mount blobs from there. */
  scopes?: readonly string[]
  /** Milliseconds a connection may deliver next to nothing before it counts as lost; 60,000. */
  idle?: number
  /** Whether something is to be pushed: asks for the right to do so at once, and waits longer for answers. */
  push?: boolean
  /** Connections that others use as well; by default own ones. */
  connections?: Connections
  signal?: AbortSignal
}

/** One repository of a registry (OCI distribution-spec, "Pull" and "Push"). Whoever opened it closes it. */
export interface Repository extends Uploads {
  /**
   * A manifest by tag or digest, of which the digest is verified.
   * @throws ImageUnknown, RegistryUnreachable, RegistryCertificate, RegistryUnauthorized, RegistryThrottled, RegistryProtocol, DigestMismatch, Cancelled
   */
  manifest(tagOrDigest: string): Promise<SourceManifest>
  /** The digest a tag has now, without fetching it; nothing when the registry does not say. */
  digest(tag: string): Promise<Digest | undefined>
  /**
   * A blob's bytes from `offset` on. Lost connections are taken up again where they broke off. The bytes are not verified.
   * @param lend the pieces may be in memory that is used again once they have been sent on to a registry.
   * @throws as {@link Repository.manifest}, SizeMismatch
   */
  blob(descriptor: Descriptor, offset?: number, lend?: boolean): AsyncIterable<Uint8Array>
  /** All tags, as the registry orders them. @throws as {@link Repository.manifest}, ImageUnknown for a repository it does not know, RegistryProtocol for what can be no tag */
  tags(limit?: number): Promise<string[]>
  /** Deletes a manifest, with all its tags. @throws as {@link Repository.manifest}, NotSupported where the registry allows it to nobody */
  deleteManifest(digest: Digest): Promise<void>
  close(): void
}

/** Opens a repository. No connection is made before the first request. */
export function openRepository(source: Source, options: RegistryOptions = {}): Repository {
  const { registry, repository } = source
  const session = openSession(source, options.push ? forPush(source, options) : options)
  const ask = session.ask
  return {
    ...openUploads(source, session.once, options),
    async manifest(tagOrDigest) {
      const accept = manifestTypes.join(', ')
      const answer = await askWhole({
        ask,
        registry,
        path: `manifests/${tagOrDigest}`,
        accept,
        maxBytes: limits.manifestBytes,
        options,
      })
      const { bytes } = answer
      const digest = verifyManifest(bytes, tagOrDigest, answer, `${registry}/${repository}`)
      return { bytes, digest, mediaType: String(answer.headers['content-type'] ?? '') }
    },
    async digest(tag) {
      const answer = await ask(`manifests/${tag}`, { method: 'HEAD', headers: { accept: manifestTypes.join(', ') } })
      dropBody(answer)
      const digest = String(answer.headers['docker-content-digest'] ?? '')
      return isDigest(digest) ? digest : undefined
    },
    async tags(limit) {
      const more = limit === undefined ? {} : { limit }
      // Some registries list digests as well.
      const wanted = (text: string): boolean => !isDigest(text)
      const tags = await listPages({ ask, registry, path: `tags/list`, field: 'tags', wanted, options, ...more })
      return tags.map((tag) => requireTag(tag, source))
    },
    blob: (descriptor, offset = 0, lend = false) => fetchBlob({ ask, registry, descriptor, offset, lend, ...options }),
    deleteManifest: (digest) => deleteManifest(ask, source, digest),
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

async function deleteManifest(ask: Ask, { registry }: Source, digest: Digest): Promise<void> {
  try {
    const answer = await ask(`manifests/${digest}`, { method: 'DELETE' })
    answer.body.destroy()
  } catch (error) {
    if (!EngineError.is(error, 'RegistryProtocol') || error.details['status'] !== 405) throw error
    throw new EngineError('NotSupported', `The registry ${registry} does not let images be deleted: ask whoever runs it.`, {
      cause: error,
    })
  }
}

/** One login that may both read and write, and patience with a registry that reads again what it was sent. */
function forPush({ repository }: Source, options: RegistryOptions): RegistryOptions {
  return { idle: 300_000, ...options, scopes: [`repository:${repository}:pull,push`, ...(options.scopes ?? [])] }
}

function verifyManifest(bytes: Buffer, tagOrDigest: string, answer: Answer, name: string): Digest {
  const said = String(answer.headers['docker-content-digest'] ?? '')
  const expected = isDigest(tagOrDigest) ? tagOrDigest : isDigest(said) ? said : undefined
  if (!expected) return digestOf(bytes)
  const actual = finishHash(hashFor(expected).update(bytes), expected)
  if (actual === expected) return expected
  throw new EngineError(
    'DigestMismatch',
    `The manifest ${tagOrDigest} of ${name} arrived with other content (${actual}) than its digest ${expected}.`,
    { details: { expected, actual } },
  )
}
