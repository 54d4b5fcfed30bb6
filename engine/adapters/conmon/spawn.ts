import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { EngineError } from '../../errors/index.ts'
import { requireProgram } from '../../lib/process/exec.ts'
import { closeOnExec } from '../../lib/sys/index.ts'
import { runtimeMessage } from '../runtime-errors.ts'

/** What conmon says on its sync pipe: a pid, or a negative number and sometimes why. */
export interface MonitorMessage {
  data: number
  message: string
}

/** A conmon that was just started and waits for its first start byte. */
export interface StartingMonitor {
  /** Of the process we started; conmon goes on in a child of it, whose pid is in its pid file. */
  launcherPid: number
  /** Lets it continue; written twice for an exec session with attach. */
  sendStart(): void
  /** The next line on a pipe; `null` once it is closed. */
  nextSync(): Promise<MonitorMessage | null>
  nextAttach(): Promise<MonitorMessage | null>
  /** Settles when the launcher has exited; the pid file is written by then. */
  launched: Promise<number>
  /** What it wrote on stderr before it closed it. */
  stderr(): string
  /** Closes our ends of all pipes; conmon goes on. */
  release(): void
}

const longestLine = 64 * 1024

interface SpawnOptions {
  attach?: boolean | undefined
  /** Descriptors of ours that the process gets. */
  preserved?: readonly number[] | undefined
  extraDescriptors?: readonly number[] | undefined
  passthrough?: boolean
}

/**
 * Starts conmon in a session of its own, with nothing of ours but the process's own descriptors from 3 on, under their numbers, the
 * pipes it expects behind them (sync, start, attach if wanted), and then `extraDescriptors`, which it only keeps open. With
 * `passthrough` it has our standard streams as well.
 *
 * @throws ProgramMissing, MonitorFailed if it cannot be started at all.
 */
export async function spawnMonitor(
  args: readonly string[],
  environment: Record<string, string>,
  options: SpawnOptions = {},
): Promise<StartingMonitor> {
  const program = requireProgram('conmon')
  const filler = options.preserved?.length ? openSync('/dev/null', 'r+') : -1
  const { stdio, own } = descriptorsOf(options, filler)
  closeOnExec()
  const child = spawn(program, args, {
    detached: true,
    cwd: '/',
    env: {
      ...environment,
      _OCI_SYNCPIPE: String(own),
      _OCI_STARTPIPE: String(own + 1),
      ...(options.attach ? { _OCI_ATTACHPIPE: String(own + 2) } : {}),
    },
    stdio,
  })
  if (filler >= 0) closeSync(filler)
  const launched = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
  await started(child, program)
  const errorPipe = child.stdio[2] as Socket | null
  const [sync, start, attach] = child.stdio.slice(own) as (Socket | null)[]
  const stderr = collectText(errorPipe)
  start?.on('error', () => {})
  return {
    launcherPid: child.pid as number,
    launched,
    stderr,
    sendStart: () => start?.write(Buffer.of(0)),
    nextSync: lineReader(sync),
    nextAttach: lineReader(options.attach ? attach : null),
    release: () => {
      for (const pipe of child.stdio) (pipe as Socket | null)?.destroy()
      child.unref()
    },
  }
}

/** What conmon's descriptors are, and the number of its first pipe. */
function descriptorsOf(
  options: SpawnOptions,
  filler: number,
): { stdio: ('inherit' | 'ignore' | 'pipe' | number)[]; own: number } {
  const preserved = upToLast(options.preserved ?? [], filler)
  const standard: ('inherit' | 'ignore' | 'pipe')[] = options.passthrough
    ? ['inherit', 'inherit', 'inherit']
    : ['ignore', 'ignore', 'pipe']
  const pipes = Array.from({ length: options.attach ? 3 : 2 }, () => 'pipe' as const)
  return { stdio: [...standard, ...preserved, ...pipes, ...(options.extraDescriptors ?? [])], own: 3 + preserved.length }
}

/**
 * Descriptors from 3 on, each in its place; `filler` in the place of those between: conmon would open files of its own there, and the
 * runtime pass them on.
 */
function upToLast(descriptors: readonly number[], filler: number): number[] {
  const last = Math.max(2, ...descriptors)
  return Array.from({ length: last - 2 }, (_, index) => (descriptors.includes(index + 3) ? index + 3 : filler))
}

function started(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(new EngineError('MonitorFailed', `The monitor ${program} could not be started.`, { cause })),
    )
  })
}

/** Reads a pipe line by line; each call takes the next one. */
function lineReader(pipe: Socket | null | undefined): () => Promise<MonitorMessage | null> {
  if (!pipe) return async () => null
  let text = ''
  let ended = false
  let wake = () => {}
  pipe.setEncoding('utf8')
  pipe.on('data', (more: string) => {
    text += more
    if (text.length > longestLine) pipe.destroy()
    wake()
  })
  for (const event of ['end', 'close', 'error']) {
    pipe.on(event, () => {
      ended = true
      wake()
    })
  }
  return async () => {
    while (!text.includes('\n') && !ended) await new Promise<void>((resolve) => (wake = resolve))
    const end = text.indexOf('\n')
    if (end < 0) return null
    const line = text.slice(0, end)
    text = text.slice(end + 1)
    return parseAnswer(line)
  }
}

function parseAnswer(line: string): MonitorMessage {
  try {
    const { data, message } = JSON.parse(line) as { data?: unknown; message?: unknown }
    if (typeof data === 'number') return { data, message: typeof message === 'string' ? message : '' }
  } catch {
    // Said below, with the line.
  }
  throw new EngineError('MonitorFailed', `The monitor conmon sent an invalid message: ${line.slice(0, 200)}`)
}

function collectText(stream: Socket | null | undefined): () => string {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('error', () => {})
  stream?.on('data', (more: string) => {
    if (text.length < longestLine) text += more
  })
  return () => text.trim()
}

/** What the runtime wrote in its log before a failed create or exec, or else what conmon itself said. */
export function failureText(ociLog: string, answer: MonitorMessage | null, stderr: string): string {
  const fromRuntime = runtimeMessage(readLog(ociLog))
  return fromRuntime || runtimeMessage(answer?.message ?? '') || stderr
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-longestLine)
  } catch {
    return ''
  }
}

/** The number in a pid file. @throws MonitorFailed if there is none. */
export function readPidFile(file: string): number {
  const pid = Number(readLog(file).trim())
  if (Number.isInteger(pid) && pid > 0) return pid
  throw new EngineError('MonitorFailed', `The monitor conmon left no process id in ${file}.`, { details: { file } })
}
