import { findIgzip, inflateWithIgzip } from '../../../adapters/igzip.ts'
import type { Inflate } from '../../../image/index.ts'

/** The fastest way to inflate on this host, or nothing where that is Node's own. */
export function fastGzip(): Inflate | undefined {
  const program = findIgzip()
  return program === null ? undefined : (source) => inflateWithIgzip(program, source)
}
