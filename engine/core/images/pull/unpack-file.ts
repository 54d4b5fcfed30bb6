import { findIgzip, inflateWithIgzip } from '../../../adapters/igzip.ts'
import { decompress } from '../../../image/index.ts'
import { type UnpackedLayer, unpackLayer, type UnpackJob } from '../../../storage/index.ts'
import type { GrowingFile } from './growing-file.ts'

/** Inflates, in the fastest way this host has, and unpacks a blob. @throws as `unpackLayer`, and what the file fails with */
export function unpackFile(job: UnpackJob, file: GrowingFile): Promise<UnpackedLayer> {
  const igzip = findIgzip()
  const gzip = igzip === null ? {} : { gzip: (source: AsyncIterable<Uint8Array>) => inflateWithIgzip(igzip, source) }
  return unpackLayer({ ...job, source: decompress(file.read(), gzip) })
}
