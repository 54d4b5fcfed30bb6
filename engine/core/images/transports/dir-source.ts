import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { type Digest, type ImageSource, splitDigest } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { fileBytes, fileManifest, readSmall } from './file-bytes.ts'

const maxSignatures = 1000

/** The name of a blob's file in a `dir:` folder: the digits alone for sha256. */
export function dirName(digest: Digest): string {
  const { algorithm, hex } = splitDigest(digest)
  return algorithm === 'sha256' ? hex : `${algorithm}-${hex}`
}

/** The file of a manifest that is not the top one. */
export const dirManifest = (digest: Digest): string => `${dirName(digest)}.manifest.json`

/** The file of a signature, counted from 1, of the top manifest or of another one. */
export const dirSignature = (digest: Digest | undefined, number: number): string =>
  `${digest === undefined ? '' : `${dirName(digest)}-`}signature-${number}`

/** An image in a folder as skopeo's `dir:` writes it: one file a blob, manifest.json, signatures. @throws ArchiveInvalid */
export async function openDirSource(_context: Context, folder: string): Promise<ImageSource> {
  const name = `dir:${folder}`
  if (!statSync(join(folder, 'manifest.json'), { throwIfNoEntry: false })?.isFile()) {
    throw new EngineError('ArchiveInvalid', `The folder ${folder || '.'} holds no image: manifest.json is missing.`, {
      details: { path: folder },
    })
  }
  const file = (digest: Digest): string => join(folder, dirName(digest))
  let top: Digest | undefined
  return {
    name,
    async manifest(digest) {
      if (digest !== undefined && digest !== top)
        return fileManifest(join(folder, dirManifest(digest)), digest, '', `The manifest ${digest} of ${name}`)
      const manifest = fileManifest(join(folder, 'manifest.json'), undefined, '', `The manifest of ${name}`)
      top = manifest.digest
      return manifest
    },
    blob: ({ digest }, offset = 0) => fileBytes(file(digest), offset, `The blob ${digest} of ${name}`),
    file({ digest }) {
      const path = file(digest)
      return existsSync(path) ? path : undefined
    },
    async signatures(digest) {
      const found: Uint8Array[] = []
      const of = digest === top ? undefined : digest
      for (let number = 1; number <= maxSignatures; number++) {
        const path = join(folder, dirSignature(of, number))
        if (!existsSync(path)) break
        found.push(readSmall(path, `The signature ${number} of ${name}`))
      }
      return found
    },
    close() {},
  }
}
