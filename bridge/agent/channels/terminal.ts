import { isObject, type Json, ProblemError } from '../../protocol/index.ts'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as NodePty from '@lydell/node-pty'
import type { Channel, Handlers } from '../channel.ts'
import { openSink } from '../sink.ts'
import { textOption } from './options.ts'
import { signalGroup, spawnEnvironment } from './spawn.ts'

/** Milliseconds between SIGHUP and SIGKILL. */
const killTimeout = 5_000

/** Runs a program in a terminal of its own; `options` with `window {rows, cols}` resizes it. */
export function spawnTerminal(channel: Channel, argv: string[]): Handlers {
  const { open } = channel
  const environment: Record<string, string> = { TERM: 'xterm-256color', ...spawnEnvironment(open) }
  const program = findProgram(argv[0]!, environment['PATH'] ?? '/usr/bin:/bin')
  const pty = loadPty().spawn(program, argv.slice(1), {
    name: environment['TERM'],
    cwd: textOption(open, 'directory') ?? channel.agent.user.home,
    env: environment,
    encoding: null,
    ...windowOf(open['window']),
  })
  let exited = false
  pty.onData((data) => {
    if (channel.send(data as unknown as Uint8Array)) return
    pty.pause()
    void channel.drained().then(() => pty.resume())
  })
  pty.onExit(({ exitCode, signal }) => {
    exited = true
    sink.close()
    channel.done()
    channel.close({ 'exit-status': signal === undefined || signal === 0 ? exitCode : -signal, message: '' })
  })
  channel.ready({ pid: pty.pid })
  const sink = openSink(channel, inputOf(pty))
  return {
    data: (data) => sink.write(data),
    control: (command, fields) => {
      if (command !== 'options' || exited) return
      const { rows, cols } = windowOf(fields['window'])
      pty.resize(cols, rows)
    },
    closed: () => {
      sink.close()
      if (!exited) endTerminal(pty)
    },
  }
}

/** The stream behind `pty.write`, which itself has no backpressure. */
function inputOf(pty: NodePty.IPty): NodeJS.WritableStream {
  return (pty as unknown as { _socket: NodeJS.WritableStream })._socket
}

function endTerminal(pty: NodePty.IPty): void {
  signalGroup(pty.pid, 'SIGHUP')
  signalGroup(pty.pid, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(pty.pid, 'SIGKILL'), killTimeout)
  pty.onExit(() => clearTimeout(timer))
}

function windowOf(value: Json | undefined): { rows: number; cols: number } {
  const size = (number: Json | undefined, fallback: number): number => {
    if (number === undefined) return fallback
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new ProblemError('protocol-error', 'A window has rows and columns from 1 to 10000.')
    }
    return number
  }
  const window = isObject(value) ? value : {}
  return { rows: size(window['rows'], 24), cols: size(window['cols'], 80) }
}

/** node-pty reports a missing program only as a process that exits immediately, so it is looked up first. */
function findProgram(name: string, path: string): string {
  const candidates = name.includes('/') ? [name] : path.split(':').map((folder) => join(folder || '.', name))
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      continue
    }
  }
  throw new ProblemError('not-found', `The program "${name}" does not exist or may not be executed.`)
}

/** Loaded only when a terminal is opened: most agents never need it. */
function loadPty(): typeof NodePty {
  return createRequire(import.meta.url)('@lydell/node-pty') as typeof NodePty
}
