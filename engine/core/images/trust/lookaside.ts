import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { EngineError } from '../../../errors/index.ts'
import { type Digest, maxSignatureBytes, maxSignatures, type Reference } from '../../../image/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import { fetchSmallFile } from '../../../registry/index.ts'

/** The address of one signature: `STORE/namespace/repository@sha256=HEX/signature-N`, counted from 1. */
function addressOf(store: URL, reference: Reference, digest: Digest, number: number): URL {
  const url = new URL(store)
  const path = `${url.pathname.replace(/\/$/, '')}/${reference.repository}@${digest.replace(':', '=')}/signature-${number}`
  url.pathname = path
  return url
}

/** Signatures of a manifest in a lookaside store, until the first number that is not there. @throws RegistryUnreachable */
export async function readLookaside(store: URL, reference: Reference, digest: Digest, signal?: AbortSignal): Promise<Buffer[]> {
  const found: Buffer[] = []
  for (let number = 1; number <= maxSignatures; number++) {
    const url = addressOf(store, reference, digest, number)
    const bytes = url.protocol === 'file:' ? readFile(fileURLToPath(url)) : await fetchSmallFile(url, maxSignatureBytes, signal)
    if (bytes === undefined) break
    found.push(bytes)
  }
  return found
}

/** Adds signatures to a lookaside store after those it has. @throws NotSupported for a store that is not a folder. */
export async function writeLookaside(
  store: URL,
  reference: Reference,
  digest: Digest,
  signatures: readonly Uint8Array[],
): Promise<void> {
  if (store.protocol !== 'file:') {
    throw new EngineError(
      'NotSupported',
      `Signatures cannot be written to ${store.href}: set lookaside-staging in registries.d to a folder (file:///…) and publish it from there.`,
    )
  }
  const present = await readLookaside(store, reference, digest)
  let number = present.length
  for (const signature of signatures) {
    const bytes = Buffer.from(signature)
    if (present.some((each) => each.equals(bytes))) continue
    const file = fileURLToPath(addressOf(store, reference, digest, ++number))
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileAtomicSync(file, bytes, { mode: 0o644 })
  }
}

function readFile(file: string): Buffer | undefined {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) return undefined
  if (size > maxSignatureBytes) throw new EngineError('TooLarge', `The signature ${file} is larger than 4 MiB.`)
  return readFileSync(file)
}
