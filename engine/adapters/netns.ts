import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../errors/index.ts'
import { makePrivateFolder } from '../lib/files/private-folder.ts'
import { mount, mountFlags, mountNewNetworkNamespace, umountFlags, unmountIfMounted } from '../lib/sys/index.ts'

/**
 * Makes a network namespace that lives at `file` until {@link removeNetworkNamespace}, independent of processes. Works for root and
 * inside a user's own user and mount namespace. The folder is created if missing, and closed to other users, who could join the
 * namespace otherwise.
 *
 * @throws NetworkFailed; the file is then removed.
 */
export async function createNetworkNamespace(file: string, options: { signal?: AbortSignal } = {}): Promise<void> {
  makePrivateFolder(path.dirname(file))
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
    if (!mountNewNetworkNamespace(file)) await unshareNetwork(file, options.signal)
  } catch (cause) {
    removeNetworkNamespace(file)
    if (EngineError.is(cause, 'ProgramMissing', 'Cancelled')) throw cause
    throw new EngineError('NetworkFailed', `The network namespace ${file} could not be made: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Loaded where it is needed: root's commands start no program for this. */
async function unshareNetwork(file: string, signal: AbortSignal | undefined): Promise<void> {
  const { runChecked } = await import('../lib/process/exec.ts')
  await runChecked('unshare', [`--net=${file}`, 'true'], { timeout: 60_000, signal })
}

/** Keeps the network namespace of a process at `file`, as {@link createNetworkNamespace} does with a new one. @throws NetworkFailed */
export function keepNetworkNamespace(file: string, pid: number): void {
  makePrivateFolder(path.dirname(file))
  try {
    closeSync(openSync(file, 'wx', 0o444))
    mount(`/proc/${pid}/ns/net`, file, null, mountFlags.bind)
  } catch (cause) {
    removeNetworkNamespace(file)
    throw new EngineError('NetworkFailed', `The network namespace ${file} could not be kept: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Removes the namespace's name; the kernel frees it with its last process. Idempotent. */
export function removeNetworkNamespace(file: string): void {
  if (!existsSync(file)) return
  unmountIfMounted(file, umountFlags.detach | umountFlags.noFollow)
  rmSync(file, { force: true })
}
