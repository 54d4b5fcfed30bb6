import type { OutputChunk } from '../../contract/index.ts'
import { type LineStreamOptions, streamLines } from '../../store/line-stream.ts'
import { parseLogEntry } from './entry.ts'
import { logSelector, type LogSelection } from './select.ts'
import { tailOffset } from './tail.ts'

export interface LogStreamOptions extends LogSelection, Pick<LineStreamOptions, 'file' | 'follow' | 'signal'> {
  /** How many of the last lines to begin with; all by default. */
  tail?: number
}

/** The output kept in a k8s-file log, from its file alone; see {@link streamLines}. */
export async function* streamLog(options: LogStreamOptions): AsyncGenerator<OutputChunk> {
  const { file, follow, signal, tail } = options
  const select = logSelector(options)
  const startAt: LineStreamOptions['startAt'] =
    tail === undefined ? undefined : async (open) => tailOffset(open, (await open.stat()).size, tail)
  for await (const lines of streamLines({ file, follow, signal, startAt })) {
    yield* select(lines.map(parseLogEntry).filter((entry) => entry !== null))
  }
}
