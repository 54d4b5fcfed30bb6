import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { image, packLayer, busyboxFiles, type TestImage } from './images.ts'
import type { Result } from './processes.ts'

/** A store that commands are killed in. */
export interface Ground {
  /** Runs a command on the store to its end. */
  berth(...args: string[]): Promise<Result>
  /** The program with its arguments. */
  command(...args: string[]): { argv: string[]; env: Record<string, string> }
  store: string
  run: string
  /** The image's name at a registry, and a `docker-archive` of it, where `load` can be tried. */
  image: string
  archive?: string
}

/** What is killed, and what has to be there before it. Durations are measured once, in milliseconds. */
export const victims = ['pull', 'load', 'rmi', 'prune', 'create', 'rm', 'check', 'fill', 'prune volumes'] as const
export type Victim = (typeof victims)[number]

/** Verbs that create and remove anonymous volumes. */
const ofVolumes: readonly Victim[] = ['create', 'rm', 'fill', 'prune volumes']

/** A small image of many files in several layers. */
export async function manyFiles(scratch: string, name = 'berth/many'): Promise<TestImage> {
  const files = (count: number, folder: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `many/${folder}/${i}`,
        { text: createHash('sha512').update(`${folder} ${i}`).digest('hex').repeat(20) },
      ]),
    )
  const layers = [
    await packLayer(busyboxFiles(), scratch),
    await packLayer(files(400, 'a'), scratch),
    await packLayer({ ...files(200, 'b'), 'many/a/.wh.7': { text: '' } }, scratch),
    await packLayer(files(300, 'c'), scratch),
  ]
  return image(name, layers)
}

/**
 * Kills commands at random moments, `rounds` times, and says what was wrong afterwards: nothing, if the store is as promised.
 * @param seed rounds of the same seed kill the same commands at the same share of their time.
 */
export async function crashTest(
  ground: Ground,
  rounds: number,
  seed: number,
  tell: (text: string) => void = () => {},
): Promise<string[]> {
  const random = generator(seed)
  const durations = new Map<Victim, number>()
  const problems: string[] = []
  const candidates = victims.filter((victim) => victim !== 'load' || ground.archive !== undefined)
  for (let round = 0; round < rounds; round++) {
    const victim = candidates[Math.floor(random() * candidates.length)]!
    await prepare(ground, victim)
    const limit = durations.get(victim)
    const delay = limit === undefined ? undefined : random() * limit * 1.1
    const { lasted, killed } = await strike(ground, victim, delay)
    if (!killed) durations.set(victim, lasted)
    // A restart of the host takes all run state along; what runs and is mounted cannot be removed that way.
    const rebooted = random() < 0.15 && victim !== 'fill'
    if (rebooted) rmSync(ground.run, { recursive: true, force: true })
    const found = await examine(ground, victim)
    tell(
      `${round} ${victim} ${killed ? `killed after ${Math.round(delay ?? 0)} ms` : `lasted ${Math.round(lasted)} ms`}${rebooted ? ', rebooted' : ''}: ${found.join('; ') || 'well'}`,
    )
    problems.push(
      ...found.filter((text) => !text.startsWith('(')).map((text) => `round ${round} of seed ${seed}, ${victim}: ${text}`),
    )
  }
  return problems
}

/** Random numbers of 0…1 that are the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

async function prepare({ berth, image, store }: Ground, victim: Victim): Promise<void> {
  if (ofVolumes.includes(victim)) {
    await berth('rm', '-f', '-v', '-a', '-t', '0')
    await berth('system', 'prune', '-f', '--volumes')
  }
  if (victim === 'pull' || victim === 'load') await berth('rmi', '-a', '-f')
  else await berth('pull', '-q', '--policy', 'missing', image)
  if (victim === 'prune') await berth('untag', image)
  if (victim === 'rm') await berth('create', '--name', 'victim', ...volumes, image, 'true')
  if (victim === 'prune volumes') await berth('run', '--rm', '--network', 'none', ...volumes, image, 'true')
  // Something to repair.
  if (victim === 'check')
    for (const layer of readdirSync(join(store, 'layers')).slice(0, 2)) rmSync(join(store, 'layers', layer, 'layer.json'))
}

/** One with a name, which the image fills, and one without. */
const volumes = ['-v', 'filled:/many', '-v', '/anonymous']

function commandOf({ image, archive }: Ground, victim: Victim): string[] {
  switch (victim) {
    case 'pull':
      return ['pull', '-q', image]
    case 'load':
      return ['load', '-q', '-i', archive!]
    case 'rmi':
      return ['rmi', '-f', image]
    case 'prune':
      return ['image', 'prune', '-f']
    case 'create':
      return ['create', '--name', 'victim', ...volumes, image, 'true']
    case 'rm':
      return ['rm', '-v', 'victim']
    case 'check':
      return ['system', 'check', '--repair']
    case 'fill':
      return ['run', '--rm', '--network', 'none', ...volumes, image, 'true']
    case 'prune volumes':
      return ['system', 'prune', '-f', '--volumes']
  }
}

/** Runs the command in a process group of its own, and kills all of it after `delay` milliseconds. */
function strike(ground: Ground, victim: Victim, delay: number | undefined): Promise<{ lasted: number; killed: boolean }> {
  const { argv, env } = ground.command(...commandOf(ground, victim))
  const began = performance.now()
  const child = spawn(argv[0]!, argv.slice(1), { env, stdio: 'ignore', detached: true, cwd: '/' })
  return new Promise((resolve, reject) => {
    let killed = false
    const timer =
      delay === undefined
        ? undefined
        : setTimeout(() => {
            killed = true
            try {
              process.kill(-child.pid!, 'SIGKILL')
            } catch {
              killed = false
            }
          }, delay)
    child.on('error', reject)
    child.on('exit', () => {
      clearTimeout(timer)
      resolve({ lasted: performance.now() - began, killed })
    })
  })
}

/** What is wrong with the store, as sentences; a remark in brackets is none. */
async function examine(ground: Ground, victim: Victim): Promise<string[]> {
  const { berth, store } = ground
  const found: string[] = []
  // What a killed start holds is freed by the next verb on the container.
  if (victim === 'fill') await berth('rm', '-f', '-v', '-a', '-t', '0')
  const check = await berth('system', 'check')
  if (check.code !== 0) {
    const repair = await berth('system', 'check', '--repair')
    if (repair.code === 0) found.push(`(repaired: ${check.stdout.split('\n')[0]})`)
    else found.push(`check --repair ended with ${repair.code}: ${repair.stdout}${repair.stderr}`)
    const again = await berth('system', 'check')
    if (again.code !== 0) found.push(`check after --repair ended with ${again.code}: ${again.stdout}${again.stderr}`)
  }
  const prune = await berth('image', 'prune', '-f')
  if (prune.code !== 0) found.push(`image prune ended with ${prune.code}: ${prune.stderr}`)
  found.push(...(await strayVolumes(ground, victim)))
  const ids = [...new Set((await berth('images', '-q', '--no-trunc')).stdout.split('\n').filter(Boolean))]
  for (const id of ids) {
    // As it is, and on a volume whose filling may have been interrupted.
    for (const mounts of [[], ['-v', 'filled:/many']]) {
      const script = ['sh', '-c', 'ls /many/a /many/b /many/c | wc -l']
      const ran = await berth('run', '--rm', '--network', 'none', ...mounts, id.replace('sha256:', ''), ...script)
      // Three headings, two empty lines, and one file less than 900.
      if (ran.code !== 0 || ran.stdout.trim() !== '904')
        found.push(`a listed image does not run ${mounts.join(' ')}: ${ran.code} ${ran.stdout}${ran.stderr}`)
    }
  }
  const containers = (await berth('ps', '-a', '-q', '--no-trunc')).stdout.split('\n').filter(Boolean)
  found.push(
    ...strays(
      store,
      ids.map((id) => id.replace('sha256:', '')),
      containers,
    ),
  )
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(store))
  if (mounted.length > 0) found.push(`mounts are left: ${mounted.join(', ')}`)
  return found
}

/** Volumes without a record, records without a volume, anonymous ones that no container has, and what was to be removed. */
async function strayVolumes({ berth, store }: Ground, victim: Victim): Promise<string[]> {
  const [, table] = (await berth('system', 'df', '-v')).stdout.split('Local Volumes space usage:\n\n')
  const rows = table!
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
  const names = rows.map(([name]) => name!)
  const list = (folder: string) => (existsSync(join(store, folder)) ? readdirSync(join(store, folder)) : [])
  const folders = list('volumes').filter((name) => name !== '.staging')
  const anonymous = rows.filter(([name, links]) => /^[0-9a-f]{64}$/.test(name!) && links === '0')
  return [
    ...(names.toSorted().join() === folders.toSorted().join() ? [] : [`volumes ${names.join()}, and folders ${folders.join()}`]),
    ...anonymous.filter(() => ofVolumes.includes(victim)).map(([name]) => `nobody has volume ${name}`),
    ...list('volumes/.staging').map((name) => `left of a volume: ${name}`),
  ]
}

/** Whatever lies in the store and belongs to none of its images and containers. */
function strays(store: string, ids: string[], containers: string[]): string[] {
  const found: string[] = []
  const list = (...path: string[]) => (existsSync(join(store, ...path)) ? readdirSync(join(store, ...path)) : [])
  const compare = (what: string, there: string[], wanted: Iterable<string>) => {
    const set = new Set(wanted)
    const extra = there.filter((name) => !set.has(name))
    const missing = [...set].filter((name) => !there.includes(name))
    if (extra.length > 0) found.push(`${what} of nobody: ${extra.join(', ')}`)
    if (missing.length > 0) found.push(`missing ${what}: ${missing.join(', ')}`)
  }
  const blobs = list('blobs/sha256')
  const documents = blobs.flatMap((name) => {
    const bytes = readFileSync(join(store, 'blobs/sha256', name))
    return bytes[0] === 0x7b ? [{ name, document: JSON.parse(bytes.toString()) }] : []
  })
  const chains = new Set<string>()
  const wanted = new Set<string>(ids)
  for (const id of ids) {
    const config = documents.find(({ name }) => name === id)?.document
    for (const chain of chainIds(config?.rootfs?.diff_ids ?? [])) chains.add(chain)
    for (const { name, document } of documents) {
      if (document.config?.digest !== `sha256:${id}`) continue
      for (const digest of [name, ...document.layers.map((layer: { digest: string }) => layer.digest.slice(7))])
        wanted.add(digest)
    }
  }
  compare('blobs', blobs, wanted)
  compare('layers', list('layers'), chains)
  compare('containers', list('containers'), containers)
  if (list('l').length !== chains.size) found.push(`${list('l').length} short names for ${chains.size} layers`)
  for (const folder of ['staging', 'blobs/partial']) compare(folder, list(folder), [])
  return found
}

function chainIds(diffIds: string[]): string[] {
  const ids: string[] = []
  for (const diffId of diffIds) {
    const below = ids.at(-1)
    ids.push(
      below === undefined
        ? diffId.replace('sha256:', '')
        : createHash('sha256').update(`sha256:${below} ${diffId}`).digest('hex'),
    )
  }
  return ids
}
