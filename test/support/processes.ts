import { type ChildProcess, spawn } from 'node:child_process'

/** How a program ended and what it printed. */
export interface Result {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  cwd?: string
  input?: string
  /** Milliseconds, two minutes unless given; the program is ended with its children afterwards. */
  timeout?: number
}

/** Everything takes longer in an emulated machine. */
export const slowness = Number(process.env.BERTH_TEST_SLOWNESS ?? '1')

/** Runs a program to its end. The environment is exactly `env`. Never throws for an exit code. */
export function run(program: string, args: string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? '/',
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    const result = { code: -1, stdout: '', stderr: '' }
    const timer = setTimeout(
      () => {
        result.stderr += `\n(ended after ${options.timeout} ms)`
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      },
      (options.timeout ?? 120_000) * slowness,
    )
    child.stdout.on('data', (data: Buffer) => (result.stdout += data.toString()))
    child.stderr.on('data', (data: Buffer) => (result.stderr += data.toString()))
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ ...result, code: code ?? (signal === 'SIGKILL' ? 137 : 143) })
    })
    // A program may end without having read what it was given.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** Like {@link run}, and throws with what the program said unless it succeeds. */
export async function must(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await run(program, args, options)
  if (result.code !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${result.code}: ${result.stderr || result.stdout}`)
  return result.stdout
}

/** Asks every 50 ms until `probe` gives something; throws after `timeout` ms, naming `what`. Machines with other work are slow. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeout = 30_000,
): Promise<T> {
  const end = Date.now() + timeout * slowness
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeout * slowness} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Ends a process that was left running, first with SIGTERM, and waits for its end. */
export async function end(child: ChildProcess, timeout = 10_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), timeout * slowness)
  await gone
  clearTimeout(killer)
}
