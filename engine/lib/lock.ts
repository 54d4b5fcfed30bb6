import { closeSync, fstatSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError } from '../errors/index.ts'
import { flock, LOCK_EX, LOCK_NB, LOCK_SH } from './sys/index.ts'

export interface LockOptions {
  /** Stops waiting with `Cancelled`; once `work` runs, aborting is up to `work`. */
  signal?: AbortSignal
  /** Many may hold a shared lock at once, and none while someone holds it exclusively. */
  shared?: boolean
  /** The file is removed with the lock, unless it is shared: for many short-lived objects. */
  transient?: boolean
}

const firstDelay = 2
const longestDelay = 50
const queues = new Map<string, Promise<void>>()

/**
 * Runs `work` while holding the lock file at `file`, which is created when missing and may be removed by its holder.
 *
 * Holders of this process queue first, in order; then flock(2) keeps other processes out. Waiting never blocks the
 * event loop. The lock is released when `work` settles, and by the kernel if the process dies. Not re-entrant.
 *
 * @returns what `work` returns.
 */
export async function withLock<T>(file: string, work: () => T | Promise<T>, options: LockOptions = {}): Promise<T> {
  const { signal, shared = false, transient = false } = options
  const leave = shared ? undefined : await enterQueue(file, signal)
  try {
    const held = await acquire(file, shared, signal)
    try {
      return await work()
    } finally {
      // Removed while it is held: a process that has opened it by then sees that it has no name any more.
      if (transient && !shared) rmSync(file, { force: true })
      closeSync(held)
    }
  } finally {
    leave?.()
  }
}

/** Waits for all earlier exclusive holders of this process; the returned function lets the next one in. */
async function enterQueue(file: string, signal: AbortSignal | undefined): Promise<() => void> {
  const before = queues.get(file)
  const { promise, resolve } = Promise.withResolvers<void>()
  const ours = before ? before.then(() => promise) : promise
  queues.set(file, ours)
  void ours.then(() => {
    if (queues.get(file) === ours) queues.delete(file)
  })
  try {
    if (before) await orAborted(before, file, signal)
  } catch (error) {
    resolve()
    throw error
  }
  return resolve
}

/** @returns the descriptor of the locked file */
async function acquire(file: string, shared: boolean, signal: AbortSignal | undefined): Promise<number> {
  for (let delay = firstDelay; ; delay = Math.min(delay * 1.5, longestDelay)) {
    throwIfAborted(file, signal)
    const fd = openLockFile(file)
    try {
      // A holder may have removed the file meanwhile: a lock on a file without a name keeps nobody out.
      if (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) && isStillThere(fd, file)) return fd
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
    // Random, so that many waiters do not retry at the same moment.
    await sleep(delay * (0.5 + Math.random()))
  }
}

/** Synchronous: the file is local, and node:fs/promises costs a command more to load than this takes. */
function openLockFile(file: string): number {
  try {
    return openSync(file, 'a', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    return openSync(file, 'a', 0o600)
  }
}

function isStillThere(fd: number, file: string): boolean {
  const named = statSync(file, { throwIfNoEntry: false })
  const held = fstatSync(fd)
  return named !== undefined && named.ino === held.ino && named.dev === held.dev
}

function orAborted(wait: Promise<void>, file: string, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return wait
  throwIfAborted(file, signal)
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(file))
    signal.addEventListener('abort', onAbort, { once: true })
    void wait.then(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
  })
}

function throwIfAborted(file: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(file)
}

function aborted(file: string): EngineError {
  return new EngineError('Cancelled', `The request was cancelled while waiting for the lock "${path.basename(file)}".`)
}
