import { findAccount, startService } from '../../bridge/login/index.ts'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { entryCommand, launcherEnvironment, switchUserCommand } from '../agent/launcher.ts'
import { smallNode } from '../agent/node-flags.ts'
import { hostSocket, recorderStatus } from '../usage/index.ts'

/** The recorder's own user, which has no rights. */
const user = 'berth-usage'

/** The folder of its rings. */
const state = '/var/lib/berth-usage'

/** Milliseconds it has to write what waits. */
const closeTimeout = 5_000

/** A recorder that the console started. */
export interface HostRecorder {
  /** Ends it; it writes what it has before. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts the recorder of resource use for everyone on this host, as a user without rights, where none runs yet: with systemd its unit
 * does. It ends with the console. Without its account, agents record while they live.
 */
export async function startHostRecorder(log: (line: string) => void): Promise<HostRecorder | undefined> {
  if ((await recorderStatus(hostSocket)) !== undefined) return undefined
  try {
    const account = findAccount(user)
    if (account.uid === 0) throw new Error('it is root')
    ownFolder(state, 0o700, account)
    ownFolder(dirname(hostSocket), 0o755, account)
    return supervise(start(account, log))
  } catch (error) {
    log(
      `Resource use is recorded only while its users are logged in: the user ${user} cannot be used: ${(error as Error).message}`,
    )
    return undefined
  }
}

function ownFolder(folder: string, mode: number, { uid, gid }: { uid: number; gid: number }): void {
  mkdirSync(folder, { recursive: true, mode })
  chownSync(folder, uid, gid)
  chmodSync(folder, mode)
}

function start(account: ReturnType<typeof findAccount>, log: (line: string) => void): ChildProcess {
  const child = startService({
    switchUser: switchUserCommand(),
    account,
    argv: entryCommand('usage', ['--host', '--with-input']),
    environment: {
      ...launcherEnvironment(),
      BERTH_NODE_FLAGS: `${smallNode} --v8-pool-size=0`,
      MALLOC_ARENA_MAX: '1',
      UV_THREADPOOL_SIZE: '1',
    },
    log,
  })
  // It prints nothing.
  child.stdout?.resume()
  return child
}

function supervise(child: ChildProcess): HostRecorder {
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return {
    async close() {
      child.stdin?.end()
      const killer = setTimeout(() => child.kill('SIGKILL'), closeTimeout)
      await gone
      clearTimeout(killer)
    },
  }
}
