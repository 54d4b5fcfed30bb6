import { EngineError } from '../../errors/index.ts'
import { type Digest, isDigest } from '../digest.ts'
import { parseStrictJson } from './strict-json.ts'

/** A signature's claim (containers-signature(5), "Critical"): which manifest, and under which name. */
export interface SignedClaim {
  digest: Digest
  /** `docker.io/library/busybox:latest`; cosign leaves the tag out. */
  identity: string
}

const types = { simple: 'atomic container signature', sigstore: 'cosign container image signature' } as const

/** The bytes that are signed for a claim. `time`: seconds since 1970. */
export function makePayload(
  format: keyof typeof types,
  { digest, identity }: SignedClaim,
  creator: string,
  time: number,
): Buffer {
  const critical = {
    identity: { 'docker-reference': identity },
    image: { 'docker-manifest-digest': digest },
    type: types[format],
  }
  return Buffer.from(JSON.stringify({ critical, optional: { creator, timestamp: time } }))
}

/**
 * Reads signed bytes. Call it only after the signature was verified.
 * @throws EngineError SignatureInvalid when anything critical is missing, unknown or of another kind: what is not
 *   understood must not be trusted.
 */
export function parsePayload(format: keyof typeof types, bytes: Uint8Array): SignedClaim {
  let value: unknown
  try {
    value = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw invalid('it is not JSON, or has a duplicate key', error)
  }
  const { critical } = exactly(value, ['critical', 'optional'], ['optional'])
  const { type, image, identity } = exactly(critical, ['type', 'image', 'identity'])
  if (type !== types[format]) throw invalid(`its type is ${JSON.stringify(type)?.slice(0, 80)}`)
  const digest = exactly(image, ['docker-manifest-digest'])['docker-manifest-digest']
  const reference = exactly(identity, ['docker-reference'])['docker-reference']
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalid('its digest is none')
  if (typeof reference !== 'string' || reference.length > 4096) throw invalid('its name is none')
  return { digest, identity: reference }
}

function exactly(value: unknown, keys: readonly string[], optional: readonly string[] = []): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('a part of it is no object')
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) throw invalid(`it has the unknown field ${JSON.stringify(unknown.slice(0, 80))}`)
  const missing = keys.find((key) => !optional.includes(key) && !Object.hasOwn(value, key))
  if (missing !== undefined) throw invalid(`it lacks the field ${missing}`)
  return value as Record<string, unknown>
}

function invalid(reason: string, cause?: unknown): EngineError {
  return new EngineError('SignatureInvalid', `What a signature signs cannot be used: ${reason}.`, { cause })
}
