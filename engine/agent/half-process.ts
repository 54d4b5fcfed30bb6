import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { EngineError } from '../errors/index.ts'
import { entryCommand, launcherEnvironment } from './launcher.ts'

/** Milliseconds the engine half has to exit before it is killed. */
const closeTimeout = 5_000

/** What an engine half writes when its input has ended and its tasks have not. */
export const tasksLine = 'tasks'

/** Characters of its stderr that are kept. */
const maxKept = 4_000

/** A process that serves the engine. */
export interface EngineHalf {
  child: ChildProcess
  /** Resolves with the path of its socket. @throws EngineError `EngineUnreachable` with the reason, where it ends before. */
  listening: Promise<string>
  /** Resolves with the end of its stderr once it has ended. */
  ended: Promise<string>
}

/** Starts an engine half within the user's namespaces. It ends when its input does, so with this process at the latest. */
export function startHalf(): EngineHalf {
  const [program, ...args] = entryCommand('engine-half', [], true)
  const child = spawn(program!, args, {
    cwd: '/',
    env: { ...process.env, ...launcherEnvironment() },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => {
    stderr = (stderr + data.toString('utf8')).slice(-maxKept)
    process.stderr.write(data)
  })
  // Nothing is written to it.
  child.stdin.on('error', () => {})
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(stderr))
    // The pause process that it may have started must not keep its streams open.
    child.once('exit', () => setTimeout(() => resolve(stderr), 200))
  })
  const failure = ended.then((text) => {
    throw new EngineError('EngineUnreachable', `The engine could not be started: ${lastLine(text)}`)
  })
  const listening = Promise.race([firstLine(child.stdout), failure])
  // One that was killed leaves its socket.
  listening.then((path) => ended.then(() => rmSync(path, { force: true }))).catch(() => {})
  return { child, listening, ended }
}

/**
 * Stops it, and waits for its exit: for as long as its tasks take, unless `now` is aborted, and otherwise for the close timeout.
 * Idempotent.
 */
export async function endHalf(half: EngineHalf | undefined, now: AbortSignal): Promise<void> {
  if (half === undefined) return
  const { child, ended } = half
  let killer: NodeJS.Timeout | undefined
  const arm = (): void => {
    clearTimeout(killer)
    killer = setTimeout(() => child.kill('SIGKILL'), closeTimeout)
  }
  const cancel = (): void => {
    child.kill('SIGTERM')
    arm()
  }
  arm()
  child.stdout?.on('data', (data: Buffer) => {
    if (data.includes(tasksLine) && !now.aborted) clearTimeout(killer)
  })
  child.stdin?.destroy()
  if (now.aborted) cancel()
  now.addEventListener('abort', cancel, { once: true })
  await ended
  now.removeEventListener('abort', cancel)
  clearTimeout(killer)
}

/** Never resolves for an output that ends earlier. */
function firstLine(output: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    output.on('data', (data: Buffer) => {
      if (text.length < maxKept) text += data.toString('utf8')
      const end = text.indexOf('\n')
      if (end >= 0) resolve(text.slice(0, end))
    })
  })
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line.replace(/^Error: /, '') || 'it ended and gave no reason.'
}
