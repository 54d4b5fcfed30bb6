import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { runChecked } from '../lib/exec.ts'
import { umountFlags, unmountIfMounted } from '../lib/sys.ts'

/**
 * Makes a network namespace that lives at `file` until {@link removeNetworkNamespace}, whatever processes come and go.
 * Works for root and inside a user's own user and mount namespace.
 *
 * @throws NetworkFailed; the file is then gone again.
 */
export async function createNetworkNamespace(file: string, options: { signal?: AbortSignal } = {}): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 })
  // It must exist to be mounted on, and must not be there already, or one container would enter another's network.
  try {
    closeSync(openSync(file, 'wx', 0o444))
  } catch (cause) {
    throw new EngineError(
      'NetworkFailed',
      `The network namespace ${file} cannot be made: the file exists already or cannot be written.`,
      { cause },
    )
  }
  try {
    await runChecked('unshare', [`--net=${file}`, 'true'], { timeout: 60_000, signal: options.signal })
  } catch (cause) {
    removeNetworkNamespace(file)
    if (EngineError.is(cause, 'ProgramMissing', 'Cancelled')) throw cause
    throw new EngineError('NetworkFailed', `The network namespace ${file} could not be made: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Takes the namespace's name away; the kernel ends it with its last process. Idempotent. */
export function removeNetworkNamespace(file: string): void {
  if (!existsSync(file)) return
  unmountIfMounted(file, umountFlags.detach | umountFlags.noFollow)
  rmSync(file, { force: true })
}
