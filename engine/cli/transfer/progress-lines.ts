import type { BlobProgress } from '../../contract/index.ts'
import { formatSize } from '../../spec/size.ts'
import { stderr } from '../output/print.ts'

/** Where progress is shown: lines of text, and on a terminal a line for each blob below them, which grows. */
export interface ProgressLines {
  text(text: string): void
  blob(step: BlobProgress): void
}

/** Shows progress on `output`. */
export function progressOn(output: NodeJS.WriteStream): ProgressLines {
  const terminal = output.isTTY
  const blobs = new Map<string, BlobProgress>()
  let drawn = 0
  const clear = (): void => {
    if (drawn > 0) output.write(`\u001b[${drawn}A\u001b[J`)
    drawn = 0
  }
  const draw = (): void => {
    clear()
    const width = output.columns || 80
    const lines = Array.from(blobs.values(), (each) => blobLine(each).slice(0, width - 1))
    output.write(lines.map((line) => `${line}\n`).join(''))
    drawn = lines.length
  }
  return {
    text(text: string): void {
      // On a terminal, a blob has a line of its own.
      if (terminal && /^Copying (blob|config)/.test(text)) return
      clear()
      // What is read by a program stays clean.
      const place = text.startsWith('WARNING:') ? stderr() : output
      place.write(text.endsWith('\n') ? text : `${text}\n`)
      if (terminal && blobs.size > 0) draw()
    },
    blob(blob: BlobProgress): void {
      blobs.set(blob.digest, blob)
      if (terminal) draw()
    },
  }
}

/** What a blob's state is called at the end of its line. */
const states: Partial<Record<BlobProgress['phase'], string>> = {
  done: 'done',
  exists: 'skipped: already exists',
  mounted: 'done: mounted from another repository',
  waiting: 'waiting',
}

function blobLine({ digest, phase, current, total }: BlobProgress): string {
  const name = `Copying blob ${digest.replace(/^sha256:/, '').slice(0, 12)}`
  const state = states[phase]
  if (state !== undefined) return `${name} ${state}`
  const share = total > 0 ? Math.min(1, current / total) : 0
  const bar = '='.repeat(Math.round(share * 20)).padEnd(20)
  return `${name} [${bar}] ${formatSize(current, 3)} / ${formatSize(total, 3)}`
}
