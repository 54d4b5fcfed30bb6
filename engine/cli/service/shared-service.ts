import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { StoreOptions } from '../../core/index.ts'
import { EngineError } from '../../errors/index.ts'
import { ownCommandLine } from '../open-engine.ts'

/** Where a store and its run state are, and the usual socket of its service. */
export interface StorePlace {
  options: StoreOptions
  socket: string
}

/** Idle timeout of a service that is started here, in seconds. */
const idleTime = 10
/** Milliseconds until one that was started must answer. */
const startTimeout = 20_000

/**
 * A connection to the service of a store: the usual one or, where none answers, one that is started for all who ask so, and ends once it
 * is idle. The caller closes it.
 *
 * @throws EngineError `EngineUnreachable`
 */
export async function connectSharedService(place: StorePlace): Promise<Socket> {
  const shared = path.join(path.dirname(place.socket), 'dial.sock')
  const there = (await connected(place.socket)) ?? (await connected(shared))
  if (there) return there
  await startService(place, shared)
  for (const end = Date.now() + startTimeout; Date.now() < end; await sleep(20)) {
    const socket = await connected(shared)
    if (socket) return socket
  }
  throw new EngineError('EngineUnreachable', `No API service answers at ${shared}: start one with \`berth system service\`.`)
}

/** Of several that are started at once all but the first end: somebody listens already. */
async function startService({ options }: StorePlace, socket: string): Promise<void> {
  const { storeFlags } = await import('../../core/index.ts')
  const [program = '', ...own] = ownCommandLine()
  const args = [...storeFlags(options), 'system', 'service', '--time', String(idleTime), `unix://${socket}`]
  spawn(program, [...own, ...args], { stdio: 'ignore', detached: true, cwd: '/' })
    // Shown by the timeout.
    .on('error', () => {})
    .unref()
}

function connected(file: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: file, allowHalfOpen: true })
    socket.once('connect', () => resolve(socket.off('error', none)))
    socket.once('error', none)
    function none(): void {
      resolve(undefined)
    }
  })
}
