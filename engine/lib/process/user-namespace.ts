import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync, readlinkSync, writeFileSync } from 'node:fs'

import { EngineError } from '../../errors/index.ts'
import { plainEnvironment, requireProgram } from './exec.ts'

/** Lines of a map file: `size` ids from `container_id` on are `host_id` on in this process's namespace. */
export type IdLines = readonly { container_id: number; host_id: number; size: number }[]

const timeoutMs = 10_000

/**
 * Makes a user namespace with these ids and has `use` do something with a descriptor of it. The namespace ends afterwards, unless
 * something was made with it. Blocks this thread for some milliseconds, in which a helper program starts.
 *
 * @throws EngineError `NotSupported` where this process may not make one, or not with these ids; `ProgramMissing`.
 */
export function withUserNamespace<T>(ids: { uids: IdLines; gids: IdLines }, use: (descriptor: number) => T): T {
  const child = spawn(requireProgram('unshare'), ['--user', '--', 'cat'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: plainEnvironment(),
  })
  child.on('error', () => {})
  let descriptor: number | undefined
  try {
    waitForNamespace(child)
    const lines = (map: IdLines) => map.map(({ container_id, host_id, size }) => `${container_id} ${host_id} ${size}\n`).join('')
    // In one write each, as the kernel wants them.
    writeFileSync(`/proc/${child.pid}/uid_map`, lines(ids.uids))
    writeFileSync(`/proc/${child.pid}/gid_map`, lines(ids.gids))
    descriptor = openSync(`/proc/${child.pid}/ns/user`, constants.O_RDONLY)
  } catch (cause) {
    child.kill('SIGKILL')
    child.stdin.destroy()
    throw EngineError.is(cause) ? cause : refused((cause as Error).message, cause)
  }
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
    child.kill('SIGKILL')
    child.stdin.destroy()
  }
}

function waitForNamespace({ pid }: ChildProcess): void {
  const own = readlinkSync('/proc/self/ns/user')
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const end = performance.now() + timeoutMs
  while (readlinkSync(`/proc/${pid}/ns/user`) === own) {
    if (performance.now() > end) throw refused('it was not made in time')
    Atomics.wait(pause, 0, 0, 0.3)
  }
}

function refused(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'NotSupported',
    `A user namespace cannot be made: ${reason} (user.max_user_namespaces may forbid it, or an id is not among this user's).`,
    { cause },
  )
}
