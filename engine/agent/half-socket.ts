import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { withLock } from '../lib/lock.ts'
import { makePrivateFolder } from '../lib/files/private-folder.ts'
import { randomToken } from '../lib/random-id.ts'
import { isListenedOn, type Listening, listenOnPath } from '../rest/index.ts'
import { peerUser } from './half-connection.ts'

/** An engine half's socket. */
export interface HalfSocket extends Listening {
  /** Where it is. No other process ever has the same. */
  readonly path: string
}

/**
 * Listens for connections of the same user on a socket of its own, at 0600 below the run-time state of the user's engine: several
 * sessions, and the user's own `system service`, do not collide. Removes those that killed processes have left there, and no
 * others.
 *
 * @throws EngineError as listenOnPath.
 */
export async function listenAsHalf(runRoot: string, onConnection: (socket: Socket) => void): Promise<HalfSocket> {
  const folder = join(runRoot, 'agents')
  makePrivateFolder(folder)
  const path = join(folder, `${randomToken()}.sock`)
  // One at a time: a socket that is bound and not yet listening would look like a stale one.
  const listening = await withLock(join(runRoot, 'agents.lock'), async () => {
    await removeStale(folder)
    return listenOnPath(path, (socket) => {
      if (peerUser(socket) === process.getuid?.()) onConnection(socket)
      else socket.destroy()
    })
  })
  return { path, close: () => listening.close() }
}

async function removeStale(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) continue
    // A socket that neither accepts nor refuses belongs to a live process.
    if (await isListenedOn(path).catch(() => true)) continue
    try {
      unlinkSync(path)
    } catch {
      // Its owner has removed it.
    }
  }
}
