import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { must, type Result, run, type RunOptions } from './processes.ts'
import type { Stage } from './setup.ts'
import { become, dataFolder, environment, findUser, type User } from './users.ts'

/** `berth` as one user. */
export interface Berth {
  readonly user: User
  readonly root: boolean
  /** Where the store and the run state are. */
  readonly store: string
  readonly run: string
  /** Runs a command; an exit code is an answer, not a failure. */
  try(args: string[], options?: RunOptions): Promise<Result>
  /** Runs a command that must succeed; returns what it printed, without the last line feed. */
  (...args: string[]): Promise<string>
  /** The same, parsed as JSON. */
  json<T = any>(...args: string[]): Promise<T> // oxlint-disable-line no-explicit-any -- tests look into whatever comes
  /** Starts a command and leaves it running; the caller ends it. */
  start(...args: string[]): ChildProcess
  /** The program with its arguments so far, for what runs it itself (script, curl). */
  command(...args: string[]): { argv: string[]; env: Record<string, string> }
}

/** The users every test of the core runs as. The machine may choose: BERTH_TEST_USERS=root,alice. */
export const everyone = (process.env.BERTH_TEST_USERS ?? 'root,alice').split(',')

/** The one that tests run as where it matters to nobody who asks: an ordinary user, unless only root is chosen. */
export const anyone = everyone.slice(-1)

/** Another program to hold these tests against, with its first arguments: BERTH_TEST_PROGRAM='podman --runtime=runc'. */
const foreign = process.env.BERTH_TEST_PROGRAM

/** `berth` as `name`. Root has a store of this run's own, others the one in their home, as people have. */
export function berthAs(name: string): Berth {
  const stage = inject('stage')
  const user = name === 'root' ? rootUser(stage) : findUser(name, stage.folder)
  const root = user.uid === 0
  const store = root ? join(stage.folder, 'root/store') : join(dataFolder(user), 'berth')
  const runState = root ? join(stage.folder, 'root/run') : join(user.runtime, 'berth')
  const where = root ? ['--root', store, '--runroot', runState] : []
  const command = (...args: string[]) => {
    const argv = [...become(user), ...(foreign?.split(' ') ?? [join(stage.dist, 'bin/berth')]), ...where, ...args]
    return {
      argv,
      env: {
        ...environment(user),
        CONTAINERS_REGISTRIES_CONF: join(stage.folder, 'registries.conf'),
        ...(foreign ? { PODMAN_IGNORE_CGROUPSV1_WARNING: '1' } : {}),
      },
    }
  }
  const attempt = (args: string[], options: RunOptions = {}) => {
    const { argv, env } = command(...args)
    return run(argv[0]!, argv.slice(1), { cwd: user.home, ...options, env: { ...env, ...options.env } })
  }
  const call = async (...args: string[]) => {
    const result = await attempt(args)
    expect(result.code, `${name}: berth ${args.join(' ')}: ${result.stderr}${result.stdout}`).toBe(0)
    return result.stdout.replace(/\n$/, '')
  }
  const start = (...args: string[]) => {
    const { argv, env } = command(...args)
    return spawn(argv[0]!, argv.slice(1), { cwd: user.home, env, stdio: ['pipe', 'pipe', 'pipe'] })
  }
  return Object.assign(call, {
    user,
    root,
    store,
    run: runState,
    try: attempt,
    start,
    command,
    json: async (...args: string[]) => JSON.parse(await call(...args)),
  })
}

/** The same `berth`, with more in its environment. */
export function withEnvironment(berth: Berth, env: Record<string, string>): Berth {
  const attempt: Berth['try'] = (args, options = {}) => berth.try(args, { ...options, env: { ...env, ...options.env } })
  const call = async (...args: string[]) => {
    const { code, stdout, stderr } = await attempt(args)
    expect(code, `${berth.user.name}: berth ${args.join(' ')}: ${stderr}${stdout}`).toBe(0)
    return stdout.replace(/\n$/, '')
  }
  return Object.assign(call, { ...berth, try: attempt, json: async (...args: string[]) => JSON.parse(await call(...args)) })
}

function rootUser(stage: Stage): User {
  const folder = join(stage.folder, 'root')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return { name: 'root', uid: 0, gid: 0, home: '/root', runtime: join(folder, 'runtime') }
}

/** Pulls the images a file works with, unless they are there. */
export async function pullImages(berth: Berth, ...names: string[]): Promise<void> {
  for (const name of names) await berth('pull', '-q', name)
}

/** Removes all containers, pods and (with `images`) images, for the end of a file. */
export async function clear(berth: Berth, images = true): Promise<void> {
  await berth.try(['pod', 'rm', '-a', '-f', '-t', '0'])
  await berth.try(['rm', '-a', '-f', '-t', '0'])
  if (images) await berth.try(['rmi', '-a', '-f'])
}

/** Runs a command line in a pseudo terminal of script(1), as someone at a terminal. */
export async function inTerminal(berth: Berth, args: string[], input: string): Promise<string> {
  const { argv, env } = berth.command(...args)
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return must('script', ['-qec', quoted, '/dev/null'], { env, cwd: berth.user.home, input, timeout: 30_000 })
}
