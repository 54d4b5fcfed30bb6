import { decompress } from '../../../image/index.ts'
import { type UnpackedLayer, unpackLayer, type UnpackJob } from '../../../storage/index.ts'
import type { GrowingFile } from './growing-file.ts'

/** Inflates and unpacks a blob on this thread. @throws as `unpackLayer`, and what the file fails with */
export function unpackFile(job: UnpackJob, file: GrowingFile): Promise<UnpackedLayer> {
  return unpackLayer({ ...job, source: decompress(file.read()) })
}
