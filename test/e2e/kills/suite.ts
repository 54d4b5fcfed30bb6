import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { berthAs, everyone } from '../../support/berth.ts'
import { type Result, run, slowness } from '../../support/processes.ts'
import { remains } from '../../support/remains.ts'

// A command that changes a container is killed in the middle, at points spread over the time that it takes. Afterwards the same can be
// done again, everything can be removed, and nothing of it is left.

const stage = inject('stage')
const box = stage.images.busybox

/** How often each of root's commands is killed; an ordinary user's half as often, and pods', which take several containers' time. */
const mostRounds = Number(process.env.BERTH_KILL_ROUNDS ?? '2')
const seed = Number(process.env.BERTH_KILL_SEED ?? '20261128')

interface Victim {
  command: string[]
  /** What has to be there. */
  before: string[][]
  /** What has to work after the kill, in this order. */
  after: string[][]
}

const sleeping = (name: string, ...flags: string[]) => [
  'create',
  '--name',
  name,
  '--stop-timeout',
  '1',
  ...flags,
  box,
  'sleep',
  '1000',
]
const created = [sleeping('c')]
const running = [...created, ['start', 'c']]
const pod = [['pod', 'create', '--name', 'p', '--network', 'none'], sleeping('a', '--pod', 'p'), sleeping('b', '--pod', 'p')]
const podRuns = [
  ['exec', 'a', 'true'],
  ['exec', 'b', 'true'],
]

const victims: Record<string, Victim> = {
  create: {
    before: [],
    command: [...sleeping('c', '-v', '/anonymous', '-p', '127.0.0.1::80')],
    after: [['rm', '-f', '-v', '--ignore', 'c'], sleeping('c'), ['start', 'c'], ['exec', 'c', 'true']],
  },
  rm: { before: created, command: ['rm', 'c'], after: [['rm', '--ignore', 'c'], sleeping('c')] },
  'run -d': {
    before: [],
    command: ['run', '-d', '--name', 'c', '--stop-timeout', '1', box, 'sleep', '1000'],
    after: [['rm', '-f', '-t', '0', '--ignore', 'c'], sleeping('c'), ['start', 'c'], ['exec', 'c', 'true']],
  },
  start: {
    before: created,
    command: ['start', 'c'],
    after: [
      ['start', 'c'],
      ['exec', 'c', 'true'],
    ],
  },
  init: {
    before: created,
    command: ['init', 'c'],
    after: [
      ['start', 'c'],
      ['exec', 'c', 'true'],
    ],
  },
  stop: {
    before: running,
    command: ['stop', '-t', '0', 'c'],
    after: [
      ['stop', '-t', '0', 'c'],
      ['start', 'c'],
      ['exec', 'c', 'true'],
    ],
  },
  restart: {
    before: running,
    command: ['restart', '-t', '0', 'c'],
    after: [
      ['restart', '-t', '0', 'c'],
      ['exec', 'c', 'true'],
    ],
  },
  exec: {
    before: running,
    command: ['exec', 'c', 'true'],
    after: [
      ['exec', 'c', 'true'],
      ['stop', '-t', '0', 'c'],
    ],
  },
  pause: {
    before: running,
    command: ['pause', 'c'],
    after: [
      ['unpause', '-a'],
      ['exec', 'c', 'true'],
    ],
  },
  unpause: {
    before: [...running, ['pause', 'c']],
    command: ['unpause', 'c'],
    after: [
      ['unpause', '-a'],
      ['exec', 'c', 'true'],
    ],
  },
  'rm of one that runs': {
    before: running,
    command: ['rm', '-f', '-t', '0', 'c'],
    after: [['rm', '-f', '-t', '0', '--ignore', 'c']],
  },
  'start on a volume': {
    before: [sleeping('c', '--network', 'none', '-v', 'kept:/bin', '-v', '/anonymous')],
    command: ['start', 'c'],
    after: [
      ['start', 'c'],
      ['exec', 'c', 'ls', '/bin/sleep'],
      ['rm', '-f', '-v', '-t', '0', 'c'],
    ],
  },
  commit: {
    before: running,
    command: ['commit', '-q', '--squash', 'c', 'localhost/killed'],
    after: [
      ['commit', '-q', 'c', 'localhost/killed'],
      ['exec', 'c', 'true'],
      ['rmi', '-f', 'localhost/killed'],
    ],
  },
  edit: {
    before: running,
    command: ['container', 'edit', '--time', '0', '-e', 'A=1', '-v', '/new', 'c'],
    after: [
      ['container', 'edit', '--time', '0', '-e', 'A=2', 'c'],
      ['start', 'c'],
      ['exec', 'c', 'true'],
    ],
  },
  'edit to another image': {
    before: running,
    command: ['container', 'edit', '--time', '0', '--image', stage.images.server, 'c'],
    after: [
      ['container', 'edit', '--time', '0', '--image', box, '-e', 'A=2', 'c'],
      ['start', 'c'],
      ['exec', 'c', 'sh', '-c', 'test "$A" = 2'],
    ],
  },
  'pod start': { before: pod, command: ['pod', 'start', 'p'], after: [['pod', 'start', 'p'], ...podRuns] },
  'pod stop': {
    before: [...pod, ['pod', 'start', 'p']],
    command: ['pod', 'stop', '-t', '0', 'p'],
    after: [['pod', 'stop', '-t', '0', 'p'], ['pod', 'start', 'p'], ...podRuns],
  },
  'pod restart': {
    before: [...pod, ['pod', 'start', 'p']],
    command: ['pod', 'restart', 'p'],
    after: [['pod', 'restart', 'p'], ...podRuns],
  },
  'pod rm': {
    before: [...pod, ['pod', 'start', 'p']],
    command: ['pod', 'rm', '-f', '-t', '0', 'p'],
    after: [['pod', 'rm', '-f', '-t', '0', '--ignore', 'p']],
  },
}

/** Kills commands of the table at several points, as one user: users take turns, where there are several. */
export function killsAs(name: string): void {
  describe(`killed as ${name}`, () => {
    const berth = berthAs(name)
    const roundsOf = (ofPods: boolean) => (berth.root && !ofPods ? mostRounds : Math.ceil(mostRounds / 2))
    const home = berth.root ? join(stage.folder, 'kills') : join(berth.user.home, '.berth-kills')
    const [store, runRoot] = [join(home, 'store'), join(home, 'run')]
    const command = (...args: string[]) => berth.command('--root', store, '--runroot', runRoot, ...args)
    const call = async (...args: string[]): Promise<Result> => {
      const { argv, env } = command(...args)
      return await run(argv[0]!, argv.slice(1), { env, cwd: '/' })
    }
    const succeed = async (...args: string[]) => {
      const result = await call(...args)
      expect(result.code, `berth ${args.join(' ')}: ${result.stderr}`).toBe(0)
      return result.stdout
    }

    beforeAll(async () => {
      if (berth.root) mkdirSync(home, { recursive: true })
      await succeed('pull', '-q', box)
      await succeed('pull', '-q', stage.images.server)
    })
    afterAll(async () => {
      // An empty chain that a killed netavark leaves goes with the last container of the network's next use.
      if (berth.root) await call('run', '--rm', box, 'true')
      await call('rmi', '-a', '-f')
      rmSync(home, { recursive: true, force: true })
    })

    const shared = everyone.length > 1 && everyone.includes('root')
    const own = Object.entries(victims).filter((_, index) => !shared || index % 2 === (berth.root ? 0 : 1))
    test.each(own)('%s', { timeout: (mostRounds + 1) * 60_000 * slowness }, async (what, victim) => {
      const ofPods = victim.before.some(([noun]) => noun === 'pod')
      const rounds = roundsOf(ofPods)
      const ids: string[] = []
      const points: string[] = []
      let lasted = 0
      for (let round = 0; round <= rounds; round++) {
        for (const each of victim.before) ids.push(...idsIn(await succeed(...each)))
        // A pod has a container that it does not tell of.
        if (ofPods) ids.push(...idsIn(await succeed('ps', '-aq', '--no-trunc')))
        // The first one runs to its end, and tells how long that is.
        const at = round === 0 ? undefined : ((round - 1 + shareOf(what, round)) / rounds) * lasted
        const took = await strike(victim.command, at)
        if (at === undefined) lasted = took
        points.push(at === undefined ? `all of ${Math.round(took)} ms` : `${Math.round(at)} ms`)
        if (at !== undefined) for (const each of victim.after) await succeed(...each)
        if (ofPods) await succeed('pod', 'rm', '-a', '-f', '-t', '0')
        else await succeed('rm', '-a', '-f', '-v', '-t', '0')
      }
      await succeed('system', 'prune', '-f', '--volumes')
      const check = await call('system', 'check')
      expect(check.code, `after ${points.join(', ')}: ${check.stdout}${check.stderr}`).toBe(0)
      await expect
        .poll(() => remains(berth, home, runRoot, ids), {
          timeout: 15_000 * slowness,
          message: `left after ${points.join(', ')}`,
        })
        .toEqual([])
    })

    /** Runs a command in a process group of its own, which is killed after `at` milliseconds. @returns how long it took. */
    function strike(args: string[], at: number | undefined): Promise<number> {
      const { argv, env } = command(...args)
      const began = performance.now()
      const child = spawn(argv[0]!, argv.slice(1), { env, stdio: 'ignore', detached: true, cwd: '/' })
      return new Promise((resolve, reject) => {
        const timer = at === undefined ? undefined : setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), at)
        child.on('error', reject)
        child.on('exit', () => {
          clearTimeout(timer)
          resolve(performance.now() - began)
        })
      })
    }
  })
}

/** The ids among the lines that a command printed. */
function idsIn(text: string): string[] {
  return text.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line))
}

/** A number of 0…1, the same for the same seed. */
function shareOf(what: string, round: number): number {
  let state = seed + round
  for (const letter of what) state = (Math.imul(state, 31) + letter.charCodeAt(0)) >>> 0
  return ((Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}
