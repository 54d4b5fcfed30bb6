import { mkdirSync } from 'node:fs'
import path from 'node:path'

import { ringFile } from './ring-folder.ts'
import { type Recorded, recordSamples } from './ring.ts'
import type { Sample } from './sample.ts'

/** Samples of one ring on their way to its file. */
export interface RingWriter {
  readonly key: string
  readonly file: string
  /** Adds a sample; it is written with others. */
  add(second: number, sample: Sample): void
  /** Writes what is there. @throws what the file system says; the samples are then lost, not kept for ever. */
  flush(): void
}

/** Seconds of samples that are written at once, and lost when the recorder is killed. */
const batch = 15

/** A writer for the ring of `key` in a user's folder. */
export function ringWriter(folder: string, key: string): RingWriter {
  const file = ringFile(folder, key)
  let waiting: Recorded[] = []
  const flush = (): void => {
    const samples = waiting
    waiting = []
    if (samples.length === 0) return
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    recordSamples(file, key, samples)
  }
  return {
    key,
    file,
    add(second, sample) {
      if (waiting.at(-1)?.second === second) return
      waiting.push({ second, sample })
      if (waiting.length >= batch || (second + 1) % batch === 0) flush()
    },
    flush,
  }
}
