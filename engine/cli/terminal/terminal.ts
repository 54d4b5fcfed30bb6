import type { Pipe } from '../../contract/index.ts'
import { detachFilter, parseDetachKeys } from './detach-keys.ts'
import { rawMode } from './raw-mode.ts'
import { stderr, stdout } from '../output/print.ts'

export interface TerminalOptions {
  /** Whether standard input is forwarded to the process. */
  stdin: boolean
  /** Whether the process has a terminal: ours is then raw, and our size is its size. */
  tty: boolean
  detachKeys: string
  /** Called with the terminal's size now and whenever it changes. */
  resize?: (size: { h: number; w: number }) => Promise<unknown>
}

/**
 * Joins our terminal or pipes with a process until its output ends or the user detaches. The terminal is restored when this
 * resolves.
 *
 * @returns whether the user detached.
 */
export async function joinTerminal(pipe: Pipe, options: TerminalOptions): Promise<boolean> {
  let detached = false
  const raw = options.tty && options.stdin && process.stdin.isTTY
  const undo = [options.tty ? watchSize(options) : () => {}]
  if (raw) undo.push(await rawMode())
  if (options.stdin) {
    undo.push(
      forwardInput(pipe, parseDetachKeys(options.detachKeys), () => {
        detached = true
        pipe.close()
      }),
    )
  }
  try {
    for await (const { stream, data } of pipe.output) (stream === 'stderr' ? stderr() : stdout()).write(data)
  } catch (error) {
    if (!detached) throw error
  } finally {
    for (const each of undo.reverse()) each()
    pipe.close()
  }
  return detached
}

function forwardInput(pipe: Pipe, keys: number[], onDetach: () => void): () => void {
  const filter = detachFilter(keys)
  const onData = (data: Buffer) => {
    const passed = filter(data)
    if (passed === undefined) return onDetach()
    process.stdin.pause()
    // A process that has exited reads no more; its output shows that.
    void pipe.write(passed).then(
      () => process.stdin.resume(),
      () => {},
    )
  }
  const onEnd = () => void pipe.end().catch(() => {})
  process.stdin.on('data', onData).on('end', onEnd).on('error', onEnd)
  return () => {
    process.stdin.off('data', onData).off('end', onEnd).off('error', onEnd)
    process.stdin.pause()
  }
}

/** Our terminal's size, if we have one. */
export function terminalSize(): { h: number; w: number } | undefined {
  const { rows, columns } = stdout()
  return rows && columns ? { h: rows, w: columns } : undefined
}

function watchSize({ resize }: TerminalOptions): () => void {
  if (!resize) return () => {}
  const onResize = () => {
    const size = terminalSize()
    // Too early or too late for the process: it has a size all the same.
    if (size) void resize(size).catch(() => {})
  }
  onResize()
  stdout().on('resize', onResize)
  return () => void stdout().off('resize', onResize)
}
