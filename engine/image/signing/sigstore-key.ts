import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scryptSync,
  sign,
  verify,
} from 'node:crypto'

import { EngineError } from '../../errors/index.ts'

const label = 'ENCRYPTED COSIGN PRIVATE KEY'
const labels =
  /-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----/
/** What cosign and skopeo use; more would be a way to exhaust memory. */
const cost = { N: 65_536, r: 8, p: 1 }

/** A new key pair on curve P-256: the private one encrypted with `passphrase` as cosign does, the public one as PEM. */
export async function generateSigstoreKey(passphrase: string): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encrypted = await encrypt(privateKey.export({ type: 'pkcs8', format: 'der' }), passphrase)
  return { privateKey: encrypted, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

/**
 * Opens a private key as cosign and skopeo write it.
 * @throws EngineError InvalidArgument: it is no such key, or the passphrase is another one.
 */
export async function openSigstoreKey(pem: string, passphrase: string): Promise<KeyObject> {
  const body = labels.exec(pem)?.[1]
  if (body === undefined) throw wrongKey('it is not an encrypted cosign or sigstore private key')
  const box = parseBox(Buffer.from(body, 'base64').toString('utf8'))
  const key = scryptSync(passphrase, box.salt, 32, { ...box.params, maxmem: 256 * 1024 * 1024 })
  const { secretbox } = await import('@noble/ciphers/salsa.js')
  let der: Uint8Array
  try {
    der = secretbox(key, box.nonce).open(box.ciphertext)
  } catch (error) {
    throw wrongKey('the passphrase is not the right one', error)
  }
  return createPrivateKey({ key: Buffer.from(der), type: 'pkcs8', format: 'der' })
}

/** A public key from PEM. @throws EngineError PolicyInvalid */
export function readPublicKey(data: Buffer, where: string): KeyObject {
  try {
    return createPublicKey(data)
  } catch (error) {
    throw new EngineError('PolicyInvalid', `${where} holds no public key in PEM.`, { cause: error })
  }
}

/** The signature of `payload`, in base64. */
export function signPayload(payload: Buffer, key: KeyObject): string {
  return sign(hashOf(key), payload, key).toString('base64')
}

/** Whether `signature` (base64) of `payload` is by one of the keys. */
export function isSignedByOneOf(payload: Buffer, signature: string, keys: readonly KeyObject[]): boolean {
  const bytes = Buffer.from(signature, 'base64')
  return keys.some((key) => verify(hashOf(key), payload, key, bytes))
}

const hashOf = (key: KeyObject): string | null => (key.asymmetricKeyType === 'ed25519' ? null : 'sha256')

interface Box {
  params: typeof cost
  salt: Buffer
  nonce: Buffer
  ciphertext: Buffer
}

async function encrypt(der: Buffer, passphrase: string): Promise<string> {
  const salt = randomBytes(32)
  const nonce = randomBytes(24)
  const { secretbox } = await import('@noble/ciphers/salsa.js')
  const ciphertext = secretbox(scryptSync(passphrase, salt, 32, { ...cost, maxmem: 256 * 1024 * 1024 }), nonce).seal(der)
  const box = {
    kdf: { name: 'scrypt', params: cost, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  }
  const lines =
    Buffer.from(JSON.stringify(box))
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function parseBox(text: string): Box {
  try {
    const { kdf, cipher, ciphertext } = JSON.parse(text) as {
      kdf: { name: string; params: typeof cost; salt: string }
      cipher: { name: string; nonce: string }
      ciphertext: string
    }
    const { N, r, p } = kdf.params
    const known = kdf.name === 'scrypt' && cipher.name === 'nacl/secretbox'
    if (!known || N > cost.N * 2 || r > 8 || p > 4) throw new Error('unknown parameters')
    const [salt, nonce, sealed] = [kdf.salt, cipher.nonce, ciphertext].map((each) => Buffer.from(each, 'base64')) as [
      Buffer,
      Buffer,
      Buffer,
    ]
    if (nonce.length !== 24) throw new Error('nonce')
    return { params: { N, r, p }, salt, nonce, ciphertext: sealed }
  } catch (error) {
    throw wrongKey('its encryption is not one that cosign uses', error)
  }
}

function wrongKey(reason: string, cause?: unknown): EngineError {
  return new EngineError('InvalidArgument', `The private key cannot be used: ${reason}.`, { cause })
}
