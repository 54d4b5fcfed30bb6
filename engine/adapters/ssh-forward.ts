import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { EngineError } from '../errors/index.ts'
import { run } from '../lib/process/exec.ts'
import type { Identity } from '../lib/process/identity.ts'
import { type SshTarget, sshCommand } from './ssh.ts'

/** A socket here that leads to one on another host. */
export interface ForwardedSocket {
  path: string
  /** Ends ssh and removes the socket. Idempotent. */
  close(): void
}

export interface SshOptions {
  identity: Identity
  /** The private key to use, besides those of the user's configuration. */
  keyFile: string | undefined
}

const withKey = (keyFile: string | undefined): string[] => (keyFile === undefined ? [] : ['-i', keyFile])

/** A user at a terminal can be asked about an unknown host or for a passphrase. */
const mayAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY

function commandLine(target: SshTarget, options: SshOptions, extra: readonly string[], command: string): [string, string[]] {
  const [program = 'ssh', ...rest] = sshCommand(target, command, { identity: options.identity, mayAsk: mayAsk() })
  return [program, [...withKey(options.keyFile), ...extra, ...rest]]
}

/**
 * Makes a socket in a private folder that the user's own ssh forwards to `remotePath` on another host (ssh(1), -L).
 *
 * @throws EngineError `EngineUnreachable` with what ssh says, `ProgramMissing`
 */
export async function forwardSocket(target: SshTarget, remotePath: string, options: SshOptions): Promise<ForwardedSocket> {
  const folder = mkdtempSync(path.join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), 'berth-ssh-'))
  const socket = path.join(folder, 's')
  // The local command runs once the forwarding is there; the remote one, `cat`, ends with our end of the pipe, and ssh with it.
  const extra = [
    '-o',
    'ExitOnForwardFailure=yes',
    '-o',
    'PermitLocalCommand=yes',
    '-o',
    'LocalCommand=echo forwarded',
    '-L',
    `${socket}:${remotePath}`,
  ]
  const [program, args] = commandLine(target, options, extra, 'cat')
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {})
  const close = (): void => {
    child.stdin.end()
    child.kill('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
  let told = ''
  child.stderr.on('data', (data: Buffer) => (told = (told + data.toString()).slice(-2000)))
  try {
    await new Promise<void>((resolve, reject) => {
      const failed = (cause?: unknown) => {
        const reason = told.trim().split('\n').at(-1) || 'ssh ended'
        reject(
          new EngineError('EngineUnreachable', `The host ${target.host} cannot be reached with ssh: ${reason}`, {
            details: { host: target.host },
            cause,
          }),
        )
      }
      child.once('error', failed)
      child.once('close', () => failed())
      child.stdout.once('data', () => resolve())
    })
  } catch (error) {
    close()
    throw error
  }
  // A failing command must not wait for ssh.
  child.unref()
  return { path: socket, close }
}

/** Runs a command on another host. @returns what it prints. @throws EngineError `EngineUnreachable` with what ssh says */
export async function askOverSsh(target: SshTarget, command: string, options: SshOptions): Promise<string> {
  const [program, args] = commandLine(target, options, [], command)
  const { code, stdout, stderr } = await run(program, args, { env: process.env })
  if (code === 0) return stdout
  const reason = stderr.trim().split('\n').at(-1) || `status ${code}`
  throw new EngineError('EngineUnreachable', `The host ${target.host} cannot be asked with ssh: ${reason}`, {
    details: { host: target.host },
  })
}
