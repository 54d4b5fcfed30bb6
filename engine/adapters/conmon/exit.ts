import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { EngineError } from '../../errors/index.ts'
import { watchFolder } from '../../lib/files/watch-folder.ts'
import { isAlive } from '../../lib/process/process.ts'

/** How a process ended. */
export interface ExitRecord {
  /** 0–255; 128 + n when signal n ended it. */
  code: number
  /** When the monitor recorded it, milliseconds since 1970. */
  at: number
}

export interface WaitForExitOptions {
  exitDir: string
  /** The container's id, which names the file. */
  id: string
  /** The monitor; if it dies silently, the wait ends too. */
  monitor?: { pid: number; startTime: string | null }
  signal?: AbortSignal
}

/** A killed monitor writes no exit file and causes no file event. */
const monitorCheckInterval = 2000

/** What the monitor wrote into the exit folder, or `null` while the process runs. conmon renames the file into place. */
export function readExit(exitDir: string, id: string): ExitRecord | null {
  const file = path.join(exitDir, id)
  try {
    const code = Number(readFileSync(file, 'utf8').trim())
    const at = statSync(file).mtimeMs
    if (Number.isInteger(code)) return { code: code & 255, at }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  throw new EngineError('MonitorFailed', `The exit file ${file} holds no number.`, { details: { file } })
}

/**
 * Whether the kernel ended the container because memory ran out: conmon leaves a file `oom` in the bundle or the persist folder.
 */
export function ranOutOfMemory(...folders: string[]): boolean {
  return folders.some((folder) => existsSync(path.join(folder, 'oom')))
}

/**
 * Waits until the process has ended, by watching the file system, without polling.
 *
 * @throws MonitorFailed if the monitor died without writing an exit file (the process may still run), Cancelled.
 */
export async function waitForExit(options: WaitForExitOptions): Promise<ExitRecord> {
  const { exitDir, id, signal } = options
  const { promise, resolve, reject } = Promise.withResolvers<ExitRecord>()
  const look = () => {
    try {
      const found = readExit(exitDir, id)
      if (found) resolve(found)
      return found !== null
    } catch (error) {
      reject(error)
      return true
    }
  }
  const onAbort = () =>
    reject(new EngineError('Cancelled', `The request was cancelled while waiting for container ${id} to end.`))
  // The watch comes before the first look, so that no exit falls between the two.
  const watcher = watchFolder(exitDir, (name) => void ((name === null || name === id) && look()), reject)
  const timer = setInterval(() => look() || checkMonitor(options, look, reject), monitorCheckInterval)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal?.aborted) onAbort()
    else if (!look()) checkMonitor(options, look, reject)
    return await promise
  } finally {
    watcher.close()
    clearInterval(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

function checkMonitor({ monitor, id }: WaitForExitOptions, look: () => boolean, reject: (error: EngineError) => void): void {
  if (!monitor || isAlive(monitor.pid, monitor.startTime)) return
  // It may have written the file and left since the last look.
  if (look()) return
  reject(
    new EngineError('MonitorFailed', `The monitor of container ${id} exited without recording the container's exit code.`, {
      details: { container: id },
    }),
  )
}
