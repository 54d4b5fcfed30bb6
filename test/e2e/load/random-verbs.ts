import type { Berth } from '../../support/berth.ts'
import { eventually } from '../../support/processes.ts'
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
  stop: { words: (name) => ['stop', '-t', '0', name], to: { running: 'exited', exited: 'exited', created: 'exited' } },
  restart: {
    words: (name) => ['restart', '-t', '0', name],
    to: { running: 'running', exited: 'running', created: 'running' },
  },
  kill: { words: (name) => ['kill', name], to: { running: 'exited' } },
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

/**
 * Runs verbs drawn by lot, from four processes at once, on twenty containers: each process has four of its own, whose states are known
 * at every moment, and four are everybody's, of which only what can never be is refused.
 */
export async function playAs(
  berth: Berth,
  image: string,
  rounds: number,
): Promise<{ problems: string[]; ids: string[]; told: string }> {
  const problems: string[] = []
  const tally = new Map<string, number>()
  const ids = new Set<string>()
  const states = new Map<string, State>()
  const common = [0, 1, 2, 3].map((index) => `common-${index}`)

  const act = async (verb: string, name: string) => {
    const words = verbs[verb]!.words(name, image)
    const result = await berth.try(words)
    const key = `${verb} ${result.code}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
    if (unexpected.test(result.stderr) || result.code < 0) problems.push(`${words.join(' ')}: ${result.code} ${result.stderr}`)
    for (const [id] of result.stdout.matchAll(/\b[0-9a-f]{64}\b/g)) ids.add(id)
    return result
  }
  const truth = async (name: string): Promise<State> => {
    const { code, stdout } = await berth.try(['inspect', '--type', 'container', '--format', '{{.State.Status}}', name])
    return code === 0 ? (stdout.trim() as State) : 'absent'
  }
  const own = async (random: Random, name: string) => {
    const before = states.get(name) ?? 'absent'
    const verb = random.pick(Object.keys(verbs))
    const wanted = verbs[verb]!.to[before]
    const { code, stderr } = await act(verb, name)
    const what = `${verb} of ${name}, which was ${before}: exit code ${code} ${stderr}`
    if ((code === 0) !== (wanted !== undefined)) problems.push(what)
    const after = wanted ?? before
    // A signal's effect is not awaited.
    if (verb === 'kill') await eventually(what, async () => (await truth(name)) === after).catch(() => {})
    const found = await truth(name)
    if (found !== after) problems.push(`${what}; it is ${found}, not ${after}`)
    states.set(name, found)
  }

  const worker = async (index: number) => {
    const random = randomOf(`verbs of ${index}`)
    for (let round = 0; round < rounds / 4; round++) {
      if (random.chance(25)) await act(random.pick(Object.keys(verbs)), random.pick(common))
      else await own(random, `own-${index}-${random.below(4)}`)
    }
  }
  await Promise.all([0, 1, 2, 3].map(worker))
  for (const name of common) {
    const [found] = JSON.parse((await berth.try(['inspect', '--type', 'container', name])).stdout || '[]')
    if (found === undefined) continue
    const lives = found.State.Pid > 0 && processLives(found.State.Pid)
    const should = ['running', 'paused'].includes(found.State.Status)
    if (lives !== should) problems.push(`${name} is ${found.State.Status}, and its process ${lives ? 'lives' : 'is gone'}`)
    if (!['created', 'running', 'paused', 'exited'].includes(found.State.Status))
      problems.push(`${name} is ${found.State.Status}`)
  }
  return {
    problems,
    ids: [...ids],
    told: [...tally]
      .toSorted()
      .map(([key, times]) => `${key}: ${times}`)
      .join(', '),
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
