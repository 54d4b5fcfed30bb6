import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** A program that runs until `stop`. */
export interface Service {
  readonly child: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Ends it and waits for its end. Idempotent. */
  stop(): Promise<void>
}

/** Starts a program and keeps what it prints. */
export function startService(
  program: string,
  args: readonly string[],
  env: Record<string, string | undefined> = process.env,
): Service {
  const child = spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (printed += data.toString()))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()))
  return {
    child,
    output: () => printed,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await ended
      clearTimeout(late)
      // Whatever it left behind may hold the other ends.
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
    },
  }
}

/** Starts a program in a mount namespace of its own, see namespace.sh. */
export function startInNamespace(folder: string, command: readonly string[], env: Record<string, string> = {}): Service {
  mkdirSync(join(folder, 'etc'), { recursive: true })
  const script = join(import.meta.dirname, 'namespace.sh')
  return startService('unshare', ['--mount', '--propagation', 'private', 'sh', script, folder, ...command], {
    ...process.env,
    ...env,
  })
}
