import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { PoolOptions, PoolRunnerInitializer, PoolWorker, TestProject, WorkerRequest } from 'vitest/node'
import { makeFolders, removeFolders } from './folders.ts'

/** Vitest's pool whose processes run in sandboxes, one for each file: enter.sh says what of a machine is theirs. */
export const sandboxes: PoolRunnerInitializer = {
  name: 'sandbox',
  createPoolWorker: (options) => new SandboxWorker(options),
}

class SandboxWorker implements PoolWorker {
  readonly name = 'sandbox'
  #child: ChildProcess | undefined
  #folder: string | undefined
  readonly #entry: string
  readonly #execArgv: string[]
  readonly #env: Partial<NodeJS.ProcessEnv>
  readonly #project: TestProject

  constructor({ distPath, execArgv, env, project }: PoolOptions) {
    this.#entry = join(distPath, 'workers/forks.js')
    this.#execArgv = execArgv
    this.#env = env
    this.#project = project
  }

  async start(): Promise<void> {
    this.#folder = await makeFolders(this.#project.getProvidedContext().sandboxes)
    const command = [process.execPath, ...this.#execArgv, this.#entry]
    const enter = ['sh', join(import.meta.dirname, 'enter.sh'), this.#folder, join(import.meta.dirname, '../../..'), ...command]
    // Without vitest nobody would end them.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...enter], {
      env: { ...this.#env, HOME: '/root', BERTH_TEST_ALONE: '1', BERTH_TEST_SANDBOX: '1', TMPDIR: undefined },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    const { outputStream, errorStream } = this.#project.vitest.logger
    this.#child.stdout!.on('data', (data: Buffer) => void outputStream.write(data))
    this.#child.stderr!.on('data', (data: Buffer) => void errorStream.write(data))
  }

  /** Its folder goes once everything in there has ended, which nobody has to wait for but the end of the run. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || this.#folder === undefined) return
    const folder = this.#folder
    this.#folder = undefined
    const ended = child.exitCode !== null || child.signalCode !== null || new Promise((resolve) => child.once('exit', resolve))
    // The kernel ends everything in there with it.
    child.kill('SIGKILL')
    await ended
    void removeFolders(folder)
  }

  // oxlint-disable-next-line no-explicit-any -- what vitest's interface has
  on(event: string, callback: (...args: any[]) => void): void {
    this.#child?.on(event, callback)
  }

  // oxlint-disable-next-line no-explicit-any -- what vitest's interface has
  off(event: string, callback: (...args: any[]) => void): void {
    this.#child?.off(event, callback)
  }

  send(message: WorkerRequest): void {
    // A message to a process that has just ended is of no interest; its end is reported.
    this.#child?.send(message, () => {})
  }

  deserialize(data: unknown): unknown {
    return data
  }
}
