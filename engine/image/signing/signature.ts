import { EngineError } from '../../errors/index.ts'

/** A signature as gpg made it: a signed OpenPGP message around the payload (containers-signature(5), "simple signing"). */
export interface SimpleSignature {
  format: 'simple'
  bytes: Buffer
}

/** A signature as cosign makes it: the payload, and its annotations. */
export interface SigstoreSignature {
  format: 'sigstore'
  mimeType: string
  payload: Buffer
  annotations: Record<string, string>
}

export type Signature = SimpleSignature | SigstoreSignature

export const sigstoreMimeType = 'application/vnd.dev.cosign.simplesigning.v1+json'
export const sigstoreAnnotation = 'dev.cosignproject.cosign/signature'

/** Bytes of one signature; containers/image has the same bound. */
export const maxSignatureBytes = 4 * 1024 * 1024
/** Signatures of one manifest that are checked. */
export const maxSignatures = 128

const sigstoreMark = Buffer.from('\0sigstore-json\n')
const simpleMark = Buffer.from('\0simple-signing\n')

/**
 * Reads a signature in the form in which folders and lookaside stores keep it.
 * @throws EngineError SignatureInvalid
 */
export function parseSignature(bytes: Uint8Array): Signature {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (whole.length === 0 || whole.length > maxSignatureBytes) throw invalid('it is empty or larger than 4 MiB')
  if (startsWith(whole, simpleMark)) return { format: 'simple', bytes: whole.subarray(simpleMark.length) }
  if (startsWith(whole, sigstoreMark)) return parseSigstore(whole.subarray(sigstoreMark.length))
  // An OpenPGP packet begins with its highest bit set.
  if ((whole[0]! & 0x80) !== 0) return { format: 'simple', bytes: whole }
  throw invalid('its format is not known')
}

/** The reverse of {@link parseSignature}. */
export function encodeSignature(signature: Signature): Buffer {
  if (signature.format === 'simple') return signature.bytes
  const { mimeType, payload, annotations } = signature
  return Buffer.concat([
    sigstoreMark,
    Buffer.from(JSON.stringify({ mimeType, payload: payload.toString('base64'), annotations })),
  ])
}

function parseSigstore(json: Buffer): SigstoreSignature {
  let value: { mimeType?: unknown; payload?: unknown; annotations?: unknown }
  try {
    value = JSON.parse(json.toString('utf8')) as typeof value
  } catch (error) {
    throw invalid('it is not JSON', error)
  }
  const { mimeType, payload, annotations } = value ?? {}
  if (typeof mimeType !== 'string' || typeof payload !== 'string' || typeof annotations !== 'object' || annotations === null)
    throw invalid('a field is missing')
  return { format: 'sigstore', mimeType, payload: Buffer.from(payload, 'base64'), annotations: onlyText(annotations) }
}

function onlyText(value: object): Record<string, string> {
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

const startsWith = (bytes: Buffer, mark: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark)

function invalid(reason: string, cause?: unknown): EngineError {
  return new EngineError('SignatureInvalid', `A signature cannot be read: ${reason}.`, { cause })
}
