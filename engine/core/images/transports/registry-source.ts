import { EngineError } from '../../../errors/index.ts'
import {
  type Descriptor,
  formatReference,
  type ImageSource,
  isForeignLayer,
  parseReference,
  qualify,
  type Reference,
  withDefaultTag,
} from '../../../image/index.ts'
import { foreignBlob, readRegistriesConf, type Repository, sourcesOf } from '../../../registry/index.ts'
import type { Context } from '../../context.ts'
import type { OpenTag } from '../trust/attachments.ts'
import { readRegistrySignatures } from '../trust/registry-signatures.ts'
import type { Access } from './access.ts'
import { openWith } from './registry-access.ts'

/** An image of a registry's repository. Closing it closes the repository. */
export function registrySource(repository: Repository, reference: Reference): ImageSource {
  return {
    name: `docker://${formatReference(reference)}`,
    reference,
    manifest: (digest) => repository.manifest(digest ?? reference.digest ?? reference.tag ?? 'latest'),
    blob: (descriptor, offset, pooled) => readBlob(repository, descriptor, offset, pooled),
    signatures: (digest) => readRegistrySignatures(reference, digest, tagOpener(repository)),
    close: () => repository.close(),
  }
}

/** Opens other tags of the same repository, for what is attached to an image. */
export function tagOpener(repository: Pick<Repository, 'manifest' | 'blob'>): OpenTag {
  return (tag) => ({
    manifest: (digest) => repository.manifest(digest ?? tag),
    blob: (descriptor, offset) => readBlob(repository, descriptor, offset),
  })
}

/**
 * The image that `docker://NAME` means; a name without a registry is Docker Hub's. Mirrors are queried first; blobs come from the
 * first location that has the manifest.
 * @throws ImageReferenceInvalid, RegistryBlocked and what the registry throws
 */
export async function openRegistrySource(context: Context, rest: string, access: Access): Promise<ImageSource> {
  const reference = registryReference(rest)
  const failures: EngineError[] = []
  for (const source of sourcesOf(await readRegistriesConf(), reference, access.tlsVerify)) {
    const repository = await openWith(context, source, access)
    try {
      const opened = registrySource(repository, reference)
      const top = await opened.manifest()
      return { ...opened, manifest: async (digest) => (digest === undefined ? top : opened.manifest(digest)) }
    } catch (error) {
      repository.close()
      if (EngineError.is(error, 'Cancelled')) throw error
      failures.push(EngineError.from(error))
    }
  }
  // The registry itself comes last, and its error is the one reported.
  throw failures.at(-1) ?? new EngineError('ImageUnknown', `There is no place to get ${rest} from.`)
}

/** What `docker://` is followed by, in full. @throws ImageReferenceInvalid */
export function registryReference(rest: string): Reference {
  return withDefaultTag(qualify(parseReference(rest), 'docker.io'))
}

function readBlob(
  repository: Pick<Repository, 'blob'>,
  descriptor: Descriptor,
  offset?: number,
  pooled?: boolean,
): AsyncIterable<Uint8Array> {
  const atRegistry = (): AsyncIterable<Uint8Array> => repository.blob(descriptor, offset, pooled)
  if (!isForeignLayer(descriptor.mediaType) || !descriptor.urls?.length) return atRegistry()
  return foreignBlob(descriptor, offset ?? 0, atRegistry)
}
