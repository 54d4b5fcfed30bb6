import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run, type RunResult } from '../lib/process/exec.ts'
import { withAgent } from './gpg.ts'

const timeout = 60_000

/** A store of pass(1): files that gpg encrypts. */
export interface PassStore {
  /** The folder of the files. */
  root: string
  /** Whom they are encrypted for. */
  key: string
  /** gpg's folder, where it is not the user's own. */
  gpgHome: string | undefined
}

/**
 * The store that is meant where `root` and `key` are not said: the user's own, and the key that it names.
 *
 * @throws EngineError `InvalidArgument`.
 */
export function openPassStore(options: Readonly<Record<string, string>>, home: string): PassStore {
  const usual = [path.join(home, '.password-store'), path.join(home, '.local/share/gopass/stores/root')].find(isFolder)
  const root = options['root'] || usual
  const key = options['key'] || (root === undefined ? undefined : idOf(root))
  if (root === undefined || !path.isAbsolute(root) || !key)
    throw new EngineError(
      'InvalidArgument',
      'There is no store of pass: run pass init, or give its folder and key with --driver-opts root=PATH,key=ID.',
      { details: { driver: 'pass' } },
    )
  return { root, key, gpgHome: options['gpghomedir'] || undefined }
}

/** Encrypts a value. @throws EngineError `SecretDriverFailed`, `ProgramMissing`. */
export async function passStore(store: PassStore, id: string, value: Buffer, signal?: AbortSignal): Promise<void> {
  const file = fileOf(store, id)
  // A key that is not there is not looked for on the network.
  const local = ['--no-autostart', '--disable-dirmngr', '--no-auto-key-locate']
  const args = [...local, '--trust-model', 'always', '-r', store.key, '-o', file, '--encrypt']
  const result = await gpg(store, args, { stdin: value, signal })
  if (result.code !== 0) throw failed(id, 'encrypt', result)
}

/** Decrypts a value of at most `maxBytes`. @throws EngineError `SecretDriverFailed`, `ProgramMissing`. */
export async function passLookUp(store: PassStore, id: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const result = await withAgent(
    () => gpg(store, ['--decrypt', fileOf(store, id)], { maxOutput: maxBytes, signal }),
    store.gpgHome,
  )
  if (result.code !== 0) throw failed(id, 'decrypt', result)
  return Buffer.from(result.stdout, 'latin1')
}

/** Idempotent. */
export function passDelete(store: PassStore, id: string): void {
  rmSync(fileOf(store, id), { force: true })
}

const fileOf = ({ root }: PassStore, id: string): string => path.join(root, `${id}.gpg`)

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false

function idOf(root: string): string | undefined {
  const file = path.join(root, '.gpg-id')
  if (!existsSync(file) || statSync(file).size > 4096) return undefined
  return readFileSync(file, 'utf8').trim().split('\n')[0]
}

function gpg(
  { gpgHome }: PassStore,
  args: readonly string[],
  { stdin, maxOutput, signal }: { stdin?: Buffer; maxOutput?: number; signal?: AbortSignal | undefined },
): Promise<RunResult> {
  const home = gpgHome === undefined ? [] : ['--homedir', gpgHome]
  return run('gpg', [...home, '--batch', '--no-tty', '--quiet', ...args], {
    env: plainEnvironment({ LC_ALL: 'C', GNUPGHOME: process.env['GNUPGHOME'] }),
    timeout,
    encoding: 'latin1',
    ...(stdin ? { stdin } : {}),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(signal ? { signal } : {}),
  })
}

function failed(id: string, what: string, { stderr, code }: RunResult): EngineError {
  const reason = stderr.trim().split('\n').at(-1) || `exit status ${code}`
  return new EngineError('SecretDriverFailed', `gpg could not ${what} the secret ${id}: ${reason}`, { details: { id, code } })
}
