import { createHash, type Hash } from 'node:crypto'

import { EngineError } from '../errors/index.ts'

declare const brand: unique symbol

/** `algorithm:hex` of stored bytes (OCI image-spec, descriptor.md): a manifest, a config, a compressed layer. */
export type Digest = string & { readonly [brand]: 'Digest' }
/** `sha256:hex` of a layer's uncompressed tar (config.md, rootfs.diff_ids). */
export type DiffId = string & { readonly [brand]: 'DiffId' }
/** The 64 hexadecimal digits of an image config's digest. */
export type ImageId = string & { readonly [brand]: 'ImageId' }
/** 64 hexadecimal digits that name a stack of layers (config.md, "Layer ChainID"), without the algorithm. */
export type ChainId = string & { readonly [brand]: 'ChainId' }

const pattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Whether `text` is a digest in an algorithm we verify. */
export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

/** @throws ManifestInvalid when `text` is no sha256 or sha512 digest. `what` names it in the message. */
export function toDigest(text: unknown, what: string): Digest {
  if (typeof text === 'string' && isDigest(text)) return text
  throw new EngineError('ManifestInvalid', `${what} has an invalid digest: ${JSON.stringify(text)?.slice(0, 150)}.`)
}

/** The digest of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
}

/** A running hash in the digest's own algorithm. */
export function hashFor(digest: Digest | DiffId): Hash {
  return createHash(digest.startsWith('sha512:') ? 'sha512' : 'sha256')
}

/** A finished hash in the form of the digest it is compared with. */
export function finishHash(hash: Hash, like: Digest | DiffId): Digest {
  return `${like.slice(0, like.indexOf(':'))}:${hash.digest('hex')}` as Digest
}

/** A digest's algorithm and hexadecimal part. */
export function splitDigest(digest: Digest | DiffId): { algorithm: string; hex: string } {
  const colon = digest.indexOf(':')
  return { algorithm: digest.slice(0, colon), hex: digest.slice(colon + 1) }
}

/** An image's id from its config's digest. */
export function imageIdOf(config: Digest): ImageId {
  return splitDigest(config).hex as ImageId
}

/** The chain ids of an image's layers, lowest first. */
export function chainIds(diffIds: readonly DiffId[]): ChainId[] {
  const chain: ChainId[] = []
  let above = ''
  for (const diffId of diffIds) {
    above = above === '' ? diffId : digestOf(Buffer.from(`${above} ${diffId}`))
    chain.push(above.slice(above.indexOf(':') + 1) as ChainId)
  }
  return chain
}
