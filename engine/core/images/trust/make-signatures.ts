import { readFile } from 'node:fs/promises'

import { gpgSign } from '../../../adapters/gpg.ts'
import { EngineError } from '../../../errors/index.ts'
import {
  type Digest,
  encodeSignature,
  makePayload,
  openSigstoreKey,
  signPayload,
  sigstoreAnnotation,
  sigstoreMimeType,
} from '../../../image/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'

/** The signers; the fields of the contract's `signingChoice`. */
export interface SigningChoice {
  removeSignatures?: boolean | undefined
  signBy?: string | undefined
  signBySigstorePrivateKey?: string | undefined
  signBySigstore?: string | undefined
  signPassphraseFile?: string | undefined
}

const creator = 'berth'
const maxKeyFile = 64 * 1024

/** Whether anything is to be signed. */
export function wantsSignatures({ signBy, signBySigstorePrivateKey, signBySigstore }: SigningChoice): boolean {
  return [signBy, signBySigstorePrivateKey, signBySigstore].some((each) => each !== undefined && each !== '')
}

/**
 * Signs a manifest under a name, by every key that is chosen.
 * @param identity the name that the signatures claim, `docker.io/library/busybox:latest`.
 * @throws EngineError InvalidArgument (no such key, wrong passphrase, files that cannot be read), ProgramMissing, ProgramFailed
 */
export async function makeSignatures(
  choice: SigningChoice,
  digest: Digest,
  identity: string,
  signal?: AbortSignal,
): Promise<Buffer[]> {
  const time = Math.floor(Date.now() / 1000)
  const signatures: Buffer[] = []
  if (choice.signBy) {
    const payload = makePayload('simple', { digest, identity }, creator, time)
    signatures.push(
      await gpgSign({
        payload,
        key: choice.signBy,
        ...(choice.signPassphraseFile ? { passphraseFile: choice.signPassphraseFile } : {}),
        ...(signal ? { signal } : {}),
      }),
    )
  }
  const key = await sigstoreKey(choice)
  if (key) {
    const payload = makePayload('sigstore', { digest, identity }, creator, time)
    const annotations = { [sigstoreAnnotation]: signPayload(payload, key) }
    signatures.push(encodeSignature({ format: 'sigstore', mimeType: sigstoreMimeType, payload, annotations }))
  }
  return signatures
}

async function sigstoreKey(choice: SigningChoice) {
  const files = choice.signBySigstore ? await readParameters(choice.signBySigstore) : undefined
  const keyFile = files?.privateKeyFile ?? choice.signBySigstorePrivateKey
  if (!keyFile) return undefined
  const passphraseFile = files?.privateKeyPassphraseFile ?? choice.signPassphraseFile
  // Only the first line counts, as for gpg's and podman's passphrase files.
  const passphrase = passphraseFile === undefined ? '' : (await readSecret(passphraseFile)).split('\n', 1)[0]!.replace(/\r$/, '')
  return await openSigstoreKey(await readSecret(keyFile), passphrase)
}

/** containers-sigstore-signing-params.yaml(5). */
async function readParameters(file: string): Promise<{ privateKeyFile: string; privateKeyPassphraseFile?: string }> {
  const { parse } = await import('yaml')
  const text = await readBounded(file, maxKeyFile)
  if (text === undefined) throw new EngineError('InvalidArgument', `There is no file ${file} with signing parameters.`)
  let value: Record<string, unknown> | null
  try {
    value = parse(text) as Record<string, unknown> | null
  } catch (error) {
    throw new EngineError('InvalidArgument', `The signing parameters ${file} are not YAML: ${(error as Error).message}`, {
      cause: error,
    })
  }
  const { privateKeyFile, privateKeyPassphraseFile, ...others } = value ?? {}
  const foreign = Object.keys(others)[0]
  if (foreign !== undefined)
    throw new EngineError(
      'NotSupported',
      `The signing parameters ${file} ask for ${foreign}, which is not supported: name a privateKeyFile.`,
    )
  if (typeof privateKeyFile !== 'string')
    throw new EngineError('InvalidArgument', `The signing parameters ${file} name no privateKeyFile.`)
  return { privateKeyFile, ...(typeof privateKeyPassphraseFile === 'string' ? { privateKeyPassphraseFile } : {}) }
}

async function readSecret(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > maxKeyFile) throw new Error('it is larger than 64 KiB')
    return text
  } catch (error) {
    throw new EngineError('InvalidArgument', `The file ${file} cannot be read: ${(error as Error).message}.`, {
      details: { file },
      cause: error,
    })
  }
}
