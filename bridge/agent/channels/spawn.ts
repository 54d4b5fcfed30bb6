import { type Open, ProblemError, problemOf } from '../../protocol/index.ts'
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Channel, Handlers } from '../channel.ts'
import { pump } from '../channel.ts'
import { listOption, textOption, invalid } from './options.ts'
import { openSink } from '../sink.ts'

/** Bytes of standard error that `err: message` keeps: the last ones. */
const maxMessage = 64 * 1024

/** Milliseconds between SIGTERM and SIGKILL. */
const killTimeout = 5_000

/** Runs a program in a process group of its own; its exit status is in the `close`. */
export function spawnProcess(channel: Channel, argv: string[]): Handlers {
  const { open } = channel
  const errors = textOption(open, 'err')
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: textOption(open, 'directory') ?? channel.agent.user.home,
    env: spawnEnvironment(open),
    detached: true,
    stdio: ['pipe', 'pipe', errors === 'out' || errors === 'message' ? 'pipe' : 'ignore'],
  })
  const text = watchErrors(child, errors, channel)
  let outputs = errors === 'out' ? 2 : 1
  const ended = (): void => {
    if (--outputs === 0) channel.done()
  }
  child.once('error', (error) => {
    channel.close({ problem: problemOf(error), message: spawnFailure(argv[0]!, open, error) })
  })
  child.once('spawn', () => {
    channel.ready({ pid: child.pid! })
    pump(child.stdout!, channel, ended)
    if (errors === 'out') pump(child.stderr!, channel, ended)
  })
  child.once('close', (code, signal) => {
    channel.close({ 'exit-status': exitStatus(code, signal), message: text() })
  })
  child.stdin!.on('error', () => {
    // The process has closed its stdin; its exit status follows.
  })
  const sink = openSink(channel, child.stdin!)
  child.once('close', () => sink.close())
  return {
    data: (data) => sink.write(data),
    done: () => sink.end(),
    closed: () => {
      sink.close()
      endGroup(child)
    },
  }
}

/** The environment of a spawned program: the agent's without Node's variables, and the open's `environ`. */
export function spawnEnvironment(open: Open): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('NODE_')) environment[name] = value
  }
  for (const entry of listOption(open, 'environ') ?? []) {
    const at = entry.indexOf('=')
    if (at < 1) throw invalid('environ', 'a list of NAME=value')
    environment[entry.slice(0, at)] = entry.slice(at + 1)
  }
  return environment
}

/** An exit code, or the negative number of the signal that ended the process. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): number | null {
  if (signal === null) return code
  return -(constants.signals[signal] ?? 9)
}

/** Sends SIGTERM to a child's process group, and SIGKILL after {@link killTimeout}. */
export function endGroup(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.stdin?.destroy()
  signalGroup(pid, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), killTimeout)
  child.once('exit', () => clearTimeout(timer))
}

/** Sends a signal to a process group. Processes of another user, as under sudo, cannot be signalled: they see the end of their input. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** The message for a program that could not be started. */
export function spawnFailure(program: string, open: Open, error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  const directory = textOption(open, 'directory')
  if (code === 'ENOENT')
    return `The program "${program}"${directory === undefined ? '' : `, or the folder "${directory}",`} does not exist.`
  if (code === 'EACCES') return `The program "${program}" may not be executed.`
  return ProblemError.from(error).message
}

function watchErrors(child: ChildProcess, errors: string | undefined, channel: Channel): () => string {
  let kept = Buffer.alloc(0)
  if (errors === 'message') {
    child.stderr?.on('data', (data: Buffer) => {
      kept = Buffer.concat([kept, data])
      if (kept.length > maxMessage) kept = kept.subarray(-maxMessage)
    })
  }
  channel.signal.addEventListener('abort', () => (kept = Buffer.alloc(0)))
  return () => kept.toString('utf8')
}
