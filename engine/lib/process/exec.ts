import { spawn, type StdioOptions } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import path from 'node:path'
import { EngineError } from '../../errors/index.ts'

/** Folders where distributions hide the programs that containers need, after $PATH. */
const extraFolders = [
  '/usr/lib/podman',
  '/usr/libexec/podman',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]

/** The Debian package of each program, where its name differs. */
const packages: Record<string, string> = {
  'aardvark-dns': 'aardvark-dns',
  pasta: 'passt',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  nft: 'nftables',
  ip: 'iproute2',
  newuidmap: 'uidmap',
}

export interface RunOptions {
  /** Written to the program, then closed; without it stdin is /dev/null. */
  stdin?: string | Buffer
  /** The whole environment; by default only PATH, HOME, LANG and XDG_RUNTIME_DIR of ours. */
  env?: Record<string, string | undefined>
  cwd?: string
  /** Milliseconds until it is killed and `ProgramFailed` thrown; 60,000 by default, 0 for never. */
  timeout?: number
  /** Kills it and throws `Cancelled`. */
  signal?: AbortSignal
  /** What descriptors 3 and up are; 0 to 2 are pipes. */
  extraStdio?: Extract<StdioOptions, unknown[]>
  /** Bytes kept of stdout and of stderr, each; 16 MiB by default. More stdout is `ProgramFailed`, more stderr is cut. */
  maxOutput?: number
  /** How stdout becomes text; UTF-8 by default, `latin1` for bytes. */
  encoding?: BufferEncoding
}

export interface RunResult {
  stdout: string
  stderr: string
  /** Exit status; 128 + n when signal n ended it. */
  code: number
}

const defaultTimeout = 60_000
const defaultMaxOutput = 16 * 1024 * 1024

/** A clean environment for a program: what it needs to find files, nothing of the caller's secrets. */
export function plainEnvironment(extra: Record<string, string | undefined> = {}): Record<string, string> {
  const { PATH, HOME, LANG, XDG_RUNTIME_DIR } = process.env
  const all = { PATH: PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME, LANG, XDG_RUNTIME_DIR, ...extra }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The full path of `program`, looked for in $PATH and then where distributions keep container programs; `null` if absent. */
export function which(program: string): string | null {
  if (program.includes('/')) return isExecutable(program) ? program : null
  const own = preferred.files.find((file) => path.basename(file) === program && isExecutable(file))
  if (own !== undefined) return own
  const searched = (process.env['PATH'] ?? '').split(':').filter((folder) => path.isAbsolute(folder))
  for (const folder of [...(helpers.has(program) ? preferred.folders : []), ...searched, ...extraFolders]) {
    const file = path.join(folder, program)
    if (isExecutable(file)) return file
  }
  return null
}

/** Programs that containers.conf(5) looks for in helper_binaries_dir. */
const helpers = new Set(['aardvark-dns', 'catatonit', 'netavark', 'pasta'])
let preferred: { folders: readonly string[]; files: readonly string[] } = { folders: [], files: [] }

/** Has helper programs looked for in these folders first, and a program that one of these files is nowhere else. */
export function preferFolders(folders: readonly string[], files: readonly string[]): void {
  preferred = {
    folders: folders.filter((folder) => path.isAbsolute(folder)),
    files: files.filter((file) => path.isAbsolute(file)),
  }
}

/** As {@link which}. @throws ProgramMissing, naming the program and its package. */
export function requireProgram(program: string): string {
  return which(program) ?? fail(programMissing(program))
}

/** The error for a program that is not installed. */
export function programMissing(program: string): EngineError {
  if (program.includes('/')) {
    return new EngineError('ProgramMissing', `There is no program to run at ${program}: correct the path, or install it there.`, {
      details: { program },
    })
  }
  const name = path.basename(program)
  const packageName = packages[name] ?? name
  const message = `The program "${name}" is not installed; install the package ${packageName} (Debian's name) and try again.`
  return new EngineError('ProgramMissing', message, { details: { program: name, package: packageName } })
}

/**
 * Runs a program to its end, never through a shell. A status other than 0 is a result, not an error.
 *
 * @throws ProgramMissing, ProgramFailed (timeout, too much output, could not start), Cancelled.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const name = path.basename(program)
  if (options.signal?.aborted) throw cancelled(name)
  const file = requireProgram(program)
  const stdin = options.stdin === undefined ? 'ignore' : 'pipe'
  const child = spawn(file, args, {
    env: options.env ? plainEntries(options.env) : plainEnvironment(),
    cwd: options.cwd,
    stdio: [stdin, 'pipe', 'pipe', ...(options.extraStdio ?? [])],
  })
  let failure: EngineError | undefined
  const end = (error: EngineError) => {
    failure ??= error
    child.kill('SIGKILL')
  }
  const limit = options.maxOutput ?? defaultMaxOutput
  const stdout = collect(child.stdout, limit, () => end(programFailed(name, `wrote more than ${limit} bytes`)), options.encoding)
  const stderr = collect(child.stderr, limit, () => {})
  const onAbort = () => end(cancelled(name))
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const timeout = options.timeout ?? defaultTimeout
  const timer =
    timeout > 0 ? setTimeout(() => end(programFailed(name, `did not end within ${timeout / 1000} s`)), timeout) : undefined
  // A program may end without reading its input; its status says more than our EPIPE.
  child.stdin?.on('error', () => {}).end(options.stdin)
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(programFailed(name, 'could not be started', error)))
      child.on('close', (status, signal) => resolve(status ?? 128 + signalNumber(signal)))
    })
    if (failure) throw failure
    return { stdout: stdout(), stderr: stderr(), code }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

/** As {@link run}, but a status other than 0 is thrown as `ProgramFailed` with the program's stderr. */
export async function runChecked(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await run(program, args, options)
  if (result.code === 0) return result
  const name = path.basename(program)
  const words = result.stderr.trim().slice(-2000) || `status ${result.code}`
  throw new EngineError('ProgramFailed', `${name} failed: ${words}`, { details: { program: name, status: result.code } })
}

function collect(
  stream: NodeJS.ReadableStream | null,
  limit: number,
  onTooMuch: () => void,
  encoding: BufferEncoding = 'utf8',
): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    if (size < limit) chunks.push(chunk.length > limit - size ? chunk.subarray(0, limit - size) : chunk)
    size += chunk.length
    if (size > limit) onTooMuch()
  })
  return () => Buffer.concat(chunks).toString(encoding)
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (osConstants.signals[signal] ?? 0)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

function plainEntries(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function programFailed(program: string, what: string, cause?: unknown): EngineError {
  return new EngineError('ProgramFailed', `The program "${program}" ${what}.`, { details: { program }, cause })
}

function cancelled(program: string): EngineError {
  return new EngineError('Cancelled', `The request was cancelled while "${program}" ran.`)
}

function fail(error: EngineError): never {
  throw error
}
