import type { Berth } from '../../support/berth.ts'
import { eventually, type Result } from '../../support/processes.ts'
import { type Random, randomOf } from '../../fuzz/random.ts'

/** What a container is, by the model. */
type State = 'absent' | 'created' | 'running' | 'paused' | 'exited'

interface Verb {
  words(name: string, image: string): string[]
  /** The state afterwards, by the one before; where there is none, the verb is refused and changes nothing. */
  to: Partial<Record<State, State>>
}

const create = (name: string, image: string, ...flags: string[]) => [
  ...flags,
  '--name',
  name,
  '--network',
  'none',
  '--stop-timeout',
  '0',
  image,
  'sleep',
  '1000',
]
const stays = (...states: State[]) => Object.fromEntries(states.map((state) => [state, state])) as Verb['to']

const verbs: Record<string, Verb> = {
  create: { words: (name, image) => create(name, image, 'create'), to: { absent: 'created' } },
  run: { words: (name, image) => create(name, image, 'run', '-d'), to: { absent: 'running' } },
  start: { words: (name) => ['start', name], to: { created: 'running', exited: 'running', running: 'running' } },
  stop: { words: (name) => ['stop', '-t', '0', name], to: { running: 'exited', exited: 'exited' } },
  restart: {
    words: (name) => ['restart', '-t', '0', name],
    to: { running: 'running', exited: 'running', created: 'running' },
  },
  kill: { words: (name) => ['kill', name], to: { running: 'exited', paused: 'exited' } },
  pause: { words: (name) => ['pause', name], to: { running: 'paused' } },
  unpause: { words: (name) => ['unpause', name], to: { paused: 'running' } },
  exec: { words: (name) => ['exec', name, 'true'], to: stays('running') },
  rm: { words: (name) => ['rm', name], to: { created: 'absent', exited: 'absent' } },
  'rm -f': {
    words: (name) => ['rm', '-f', '--ignore', '-t', '0', name],
    to: { absent: 'absent', created: 'absent', exited: 'absent', running: 'absent', paused: 'absent' },
  },
  inspect: { words: (name) => ['inspect', '--type', 'container', name], to: stays('created', 'exited', 'running', 'paused') },
  update: { words: (name) => ['update', '--restart', 'no', name], to: stays('created', 'exited', 'running', 'paused') },
  logs: { words: (name) => ['logs', name], to: stays('created', 'exited', 'running', 'paused') },
}

/** Words of a failure that nobody thought of. */
const unexpected = /SQLITE|database is|\bat .*:\d+:\d+|undefined|TypeError|E[A-Z]{4,}:|internal/

const common = [0, 1, 2, 3].map((index) => `common-${index}`)

/**
 * Runs verbs drawn by lot, from four processes at once, on twenty containers: each process has four of its own, whose states are known
 * at every moment, and four are everybody's, of which only what can never be is refused.
 */
export async function playAs(
  berth: Berth,
  image: string,
  rounds: number,
): Promise<{ problems: string[]; ids: string[]; told: string }> {
  const game = new Game(berth, image)
  await Promise.all([0, 1, 2, 3].map((index) => game.play(index, rounds / 4)))
  for (const name of common) await game.lookAt(name)
  const told = [...game.tally].map(([key, times]) => `${key}: ${times}`)
  return { problems: game.problems, ids: [...game.ids], told: told.toSorted((a, b) => (a < b ? -1 : 1)).join(', ') }
}

class Game {
  readonly problems: string[] = []
  readonly ids = new Set<string>()
  readonly tally = new Map<string, number>()
  readonly #states = new Map<string, State>()
  readonly #berth: Berth
  readonly #image: string

  constructor(berth: Berth, image: string) {
    this.#berth = berth
    this.#image = image
  }

  async play(index: number, rounds: number): Promise<void> {
    const random = randomOf(`verbs of ${index}`)
    for (let round = 0; round < rounds; round++) {
      if (random.chance(25)) await this.#act(random.pick(Object.keys(verbs)), random.pick(common))
      else await this.#own(random, `own-${index}-${random.below(4)}`)
    }
  }

  /** Whether a container that everybody changed is what it says. */
  async lookAt(name: string): Promise<void> {
    const [found] = JSON.parse((await this.#berth.try(['inspect', '--type', 'container', name])).stdout || '[]')
    if (found === undefined) return
    const { Status: status, Pid: pid } = found.State
    const lives = pid > 0 && processLives(pid)
    if (lives !== ['running', 'paused'].includes(status))
      this.problems.push(`${name} is ${status}, and its process ${lives ? 'lives' : 'is gone'}`)
    if (!['created', 'running', 'paused', 'exited'].includes(status)) this.problems.push(`${name} is ${status}`)
  }

  async #act(verb: string, name: string): Promise<Result> {
    const words = verbs[verb]!.words(name, this.#image)
    const result = await this.#berth.try(words)
    const key = `${verb} ${result.code}`
    this.tally.set(key, (this.tally.get(key) ?? 0) + 1)
    if (unexpected.test(result.stderr) || result.code < 0)
      this.problems.push(`${words.join(' ')}: ${result.code} ${result.stderr}`)
    for (const [id] of result.stdout.matchAll(/\b[0-9a-f]{64}\b/g)) this.ids.add(id)
    return result
  }

  async #own(random: Random, name: string): Promise<void> {
    const before = this.#states.get(name) ?? 'absent'
    const verb = random.pick(Object.keys(verbs))
    const wanted = verbs[verb]!.to[before]
    const { code, stderr } = await this.#act(verb, name)
    const what = `${verb} of ${name}, which was ${before}: exit code ${code} ${stderr}`
    if ((code === 0) !== (wanted !== undefined)) this.problems.push(what)
    const after = wanted ?? before
    // A signal's effect is not awaited.
    if (verb === 'kill') await eventually(what, async () => (await this.#truth(name)) === after).catch(() => {})
    const found = await this.#truth(name)
    if (found !== after) this.problems.push(`${what}; it is ${found}, not ${after}`)
    this.#states.set(name, found)
  }

  async #truth(name: string): Promise<State> {
    const words = ['inspect', '--type', 'container', '--format', '{{.State.Status}}', name]
    const { code, stdout } = await this.#berth.try(words)
    return code === 0 ? (stdout.trim() as State) : 'absent'
  }
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
