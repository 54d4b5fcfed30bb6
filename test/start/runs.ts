import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { eventually } from '../support/processes.ts'

/** The command line under observation. */
export interface Observed {
  /** The launcher of a build. */
  launcher: string
  /** Flags that choose a store of its own. */
  flags: readonly string[]
  env: Record<string, string>
  /** An image whose `true` and `sleep` work. */
  image: string
  /** Scratch. */
  folder: string
}

/** What one command read and ran of the build's groups of modules. */
export interface RunSeen {
  /** Modules by their paths, with their size in the group's file. */
  readonly modules: ReadonlyMap<string, number>
  /** The names of the files that it read, and their bytes. */
  readonly files: readonly string[]
  readonly read: number
}

/** A command by the name it is recorded under; those without a name only prepare others. */
type Step = readonly [name: string | undefined, args: (image: string) => string[]]

/** What people and programs call all the time, in an order in which each can do its work. */
const steps: readonly Step[] = [
  ['version', () => ['version']],
  ['pull', (image) => ['pull', '-q', image]],
  ['images', () => ['images']],
  ['create', (image) => ['create', '--name', 'made', image, 'true']],
  ['ps', () => ['ps', '-a']],
  ['inspect', () => ['inspect', 'made']],
  ['start', () => ['start', 'made']],
  ['run', (image) => ['run', '--rm', image, 'true']],
  [undefined, (image) => ['run', '-d', '--name', 'kept', '--network', 'none', image, 'sleep', '1000']],
  ['exec', () => ['exec', 'kept', 'true']],
  ['logs', () => ['logs', 'kept']],
  ['stats', () => ['stats', '--no-stream', 'kept']],
  ['top', () => ['top', 'kept', 'pid', 'comm']],
  ['restart', () => ['restart', '-t', '0', 'kept']],
  ['kill', () => ['kill', '-s', 'USR1', 'kept']],
  ['info', () => ['info']],
  ['stop', () => ['stop', '-t', '0', 'kept']],
  ['rm', () => ['rm', '-f', 'kept', 'made']],
  ['network-create', () => ['network', 'create', 'shop']],
  ['network-ls', () => ['network', 'ls']],
  ['run-in-network', (image) => ['run', '--rm', '--network', 'shop', image, 'true']],
  ['network-rm', () => ['network', 'rm', 'shop']],
  ['volume-create', () => ['volume', 'create', 'data']],
  ['volume-ls', () => ['volume', 'ls']],
  ['run-with-volume', (image) => ['run', '--rm', '--network', 'none', '-v', 'data:/data', image, 'true']],
  ['volume-rm', () => ['volume', 'rm', 'data']],
  ['pod-create', () => ['pod', 'create', '--name', 'web']],
  ['create-in-pod', (image) => ['create', '--pod', 'web', image, 'sleep', '1000']],
  ['pod-start', () => ['pod', 'start', 'web']],
  ['pod-ps', () => ['pod', 'ps']],
  ['pod-rm', () => ['pod', 'rm', '-f', '-t', '0', 'web']],
]

/** The exit command, which a monitor runs when a container has ended. */
const cleanup = 'cleanup'

/** What Node noted in one of the files of a folder, which may come later: a monitor's call follows the command's own. */
function noted(folder: string, chosen: (file: string) => boolean): Promise<RunSeen> {
  return eventually('notes of a run', () => {
    const file = readdirSync(folder).find(chosen)
    try {
      return file !== undefined && readCoverage(join(folder, file))
    } catch {
      return false // half written
    }
  })
}

/** Runs each common command for real and says what it needed, by the command's name. */
export async function observe(observed: Observed): Promise<Map<string, RunSeen>> {
  const seen = new Map<string, RunSeen>()
  for (const [name, args] of [...steps, serviceStep(observed)]) {
    const folder = mkdtempSync(join(observed.folder, 'coverage-'))
    const asking = name === 'service' ? askService(observed) : undefined
    const pid = await runCommand(observed, args(observed.image), { NODE_V8_COVERAGE: folder })
    await asking
    const own = `coverage-${pid}-`
    if (name !== undefined) seen.set(name, await noted(folder, (file) => file.startsWith(own)))
    if (name === 'start') seen.set(cleanup, await noted(folder, (file) => !file.startsWith(own)))
    rmSync(folder, { recursive: true, force: true })
  }
  return seen
}

const socketOf = ({ folder }: Observed) => join(folder, 'api.sock')

/** Ends by itself when nobody has asked for a while; until then it has loaded what it loads beforehand. */
const serviceStep = (observed: Observed): Step => [
  'service',
  () => ['system', 'service', '--time', '3', `unix://${socketOf(observed)}`],
]

/** What clients ask a service for again and again. */
async function askService(observed: Observed): Promise<void> {
  await eventually('the socket of the service', () => existsSync(socketOf(observed)))
  for (const path of ['_ping', 'info', 'containers/json?all=true', 'images/json', 'pods/json']) {
    await new Promise<void>((resolve, reject) => {
      const asked = request({ socketPath: socketOf(observed), path: `/v5.0.0/libpod/${path}`, agent: false }, (answer) => {
        answer.resume()
        answer.on('end', resolve)
      })
      asked.on('error', reject)
      asked.end()
    })
  }
}

/** @returns its process id, which is Node's as well: the launcher becomes Node */
function runCommand({ launcher, flags, env }: Observed, args: string[], extra: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(launcher, [...flags, ...args], { env: { ...env, ...extra }, stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('error', reject)
    child.on('exit', (code) => {
      child.stderr.destroy()
      if (code === 0) resolve(child.pid!)
      else reject(new Error(`berth ${args.join(' ')} ended with ${code}: ${stderr}`))
    })
  })
}

interface Coverage {
  result: {
    url: string
    functions: { functionName: string; ranges: { startOffset: number; endOffset: number; count: number }[] }[]
  }[]
}

/** Reads what Node wrote (NODE_V8_COVERAGE): each module is a function that is called by its number. */
function readCoverage(file: string): RunSeen {
  const { result } = JSON.parse(readFileSync(file, 'utf8')) as Coverage
  const modules = new Map<string, number>()
  const files: string[] = []
  let read = 0
  for (const { url, functions } of result) {
    const path = url.startsWith('file://') ? new URL(url).pathname : ''
    if (basename(dirname(path)) !== 'cli') continue
    files.push(basename(path))
    read += statSync(path).size
    const paths = JSON.parse(readFileSync(join(dirname(path), 'modules.json'), 'utf8')) as string[]
    for (const { functionName, ranges } of functions) {
      const [{ startOffset, endOffset, count } = { startOffset: 0, endOffset: 0, count: 0 }] = ranges
      const module = paths[Number(functionName)]
      if (count > 0 && functionName !== '' && module !== undefined) modules.set(module, endOffset - startOffset)
    }
  }
  return { modules, files, read }
}

/** Scratch for a store and the notes, below `folder`. */
export function storeFlags(folder: string): string[] {
  mkdirSync(folder, { recursive: true })
  return ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
}
