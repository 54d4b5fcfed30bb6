import { closeSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { EngineError } from '../errors/index.ts'
import { detectCgroups } from '../lib/cgroup/index.ts'
import { flock, LOCK_EX, LOCK_NB } from '../lib/sys/flock.ts'
import { askToYield } from './client.ts'
import type { RecorderKind } from './protocol.ts'
import { createRecorder } from './recorder.ts'
import { type HistoryServer, serveHistory } from './serve.ts'

/** How a recorder runs. */
export interface RunOptions {
  kind: RecorderKind
  /** The folder of the rings. */
  folder: string
  socket: string
  /** Records, and answers, this user alone; by default all. */
  only?: number
  log(line: string): void
}

/** A recorder that runs. */
export interface RunningRecorder {
  /** Whether it has not been closed: a session's recorder leaves its place to a service. */
  isOpen(): boolean
  /** Writes what waits and ends it. Idempotent. */
  close(): void
}

/** Attempts of a service to take over from a session's recorder, and milliseconds between them. */
const takeOverAttempts = 20
const takeOverDelay = 100

/**
 * Records once a second until it is closed, and serves what was recorded. Timers keep the process alive only with `alone`. A service
 * takes over from a session's recorder.
 *
 * @throws EngineError `StoreBusy` while another process records into the folder; `StoreUnavailable`.
 */
export async function runRecorder({ kind, folder, socket, only, log }: RunOptions, alone = true): Promise<RunningRecorder> {
  const lock = await takeOver(kind, folder, socket)
  const recorder = createRecorder({ cgroups: detectCgroups(), folder, log, ...(only === undefined ? {} : { only }) })
  let timer: NodeJS.Timeout | undefined
  const tick = (): void => {
    try {
      recorder.tick()
    } catch (error) {
      log(`Resource use could not be recorded: ${(error as Error).message}`)
    }
    timer = setTimeout(tick, 1000 - (Date.now() % 1000))
    if (!alone) timer.unref()
  }
  let open = true
  let server: HistoryServer | undefined
  const close = (): void => {
    if (!open) return
    open = false
    clearTimeout(timer)
    server?.close()
    recorder.close()
    closeSync(lock)
  }
  try {
    server = await serveHistory({ recorder, kind, socket, onYield: () => close(), ...(only === undefined ? {} : { only }) })
  } catch (error) {
    close()
    throw error
  }
  tick()
  return { isOpen: () => open, close }
}

async function takeOver(kind: RecorderKind, folder: string, socket: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const lock = takeLock(folder)
    if (lock !== undefined) return lock
    if (kind !== 'service' || attempt === takeOverAttempts)
      throw new EngineError('StoreBusy', `Another process records resource use in ${folder}.`, { details: { path: folder } })
    await askToYield(socket)
    await sleep(takeOverDelay)
  }
}

/** The descriptor that holds the lock until it is closed; undefined while another process has it. */
function takeLock(folder: string): number | undefined {
  let descriptor: number | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    descriptor = openSync(path.join(folder, 'lock'), 'a', 0o600)
    if (flock(descriptor, LOCK_EX | LOCK_NB)) return descriptor
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor)
    throw new EngineError('StoreUnavailable', `${folder} cannot be used for resource history: ${(cause as Error).message}`, {
      details: { path: folder },
      cause,
    })
  }
  closeSync(descriptor)
  return undefined
}
