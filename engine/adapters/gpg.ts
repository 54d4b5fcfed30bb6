import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { EngineError } from '../errors/index.ts'
import { plainEnvironment, run, type RunResult } from '../lib/process/exec.ts'

/** A payload is a few hundred bytes; a compressed message could become anything. */
const maxPayload = 1024 * 1024
const maxKeyring = 64 * 1024 * 1024
const timeout = 60_000

export interface GpgSignInput {
  payload: Buffer
  /** A fingerprint, or a user id. */
  key: string
  /** A file with the key's passphrase; without it, gpg's agent asks or knows. */
  passphraseFile?: string
  signal?: AbortSignal
}

/**
 * Signs with a key of the caller's own keyring (GNUPGHOME): the whole message, as `gpg --sign` makes it.
 * @throws EngineError ProgramMissing, InvalidArgument when there is no such secret key, ProgramFailed
 */
export function gpgSign({ payload, key, passphraseFile, signal }: GpgSignInput): Promise<Buffer> {
  return inFolder(async (folder) => {
    const [input, output] = [path.join(folder, 'payload'), path.join(folder, 'signature')]
    await writeFile(input, payload, { mode: 0o600 })
    const secret = passphraseFile === undefined ? [] : ['--pinentry-mode', 'loopback', '--passphrase-file', passphraseFile]
    const args = ['--batch', '--no-tty', '--status-fd', '1', ...secret, '--local-user', key, '--output', output, '--sign', input]
    const result = await withAgent(() => gpg(args, ownKeyring(), signal))
    if (result.code !== 0) throw signFailure(key, result)
    return await readFile(output)
  })
}

const ownKeyring = (): Record<string, string | undefined> => ({ GNUPGHOME: process.env['GNUPGHOME'] })

/**
 * Ends the agent that gpg starts, unless there was one: in a user's namespace gpg does not find the one of their session, and
 * what it starts instead would stay.
 */
export async function withAgent<T>(work: () => Promise<T>, home?: string): Promise<T> {
  const env = plainEnvironment({ LC_ALL: 'C', ...ownKeyring(), ...(home === undefined ? {} : { GNUPGHOME: home }) })
  const { stdout } = await run('gpg-connect-agent', ['--no-autostart', 'getinfo pid', '/bye'], { env, timeout })
  const there = /^OK/m.test(stdout)
  try {
    return await work()
  } finally {
    if (!there) await run('gpgconf', ['--kill', 'gpg-agent'], { env, timeout })
  }
}

/** What a good signature signs, and whose it is. */
export interface VerifiedMessage {
  payload: Buffer
  /** Of the primary key. */
  fingerprint: string
}

/**
 * Verifies a signed message by the keys of `keyrings` (armoured or not) and no others, in a keyring of its own.
 * @throws EngineError ProgramMissing, SignatureInvalid: by another key, expired, revoked or damaged
 */
export function gpgVerify(signature: Buffer, keyrings: readonly Buffer[], signal?: AbortSignal): Promise<VerifiedMessage> {
  return inFolder(async (home) => {
    const alone = ['--homedir', home, '--batch', '--no-tty', '--no-options', '--no-autostart', '--trust-model', 'always']
    for (const [index, keyring] of keyrings.entries()) await importKeys(home, alone, keyring, index, signal)
    const [input, output] = [path.join(home, 'signature'), path.join(home, 'payload')]
    await writeFile(input, signature, { mode: 0o600 })
    const limits = ['--max-output', String(maxPayload), '--no-auto-key-retrieve']
    const result = await gpg([...alone, ...limits, '--status-fd', '1', '--output', output, '--decrypt', input], {}, signal)
    const fingerprint = goodSignature(result)
    return { payload: await readFile(output), fingerprint }
  })
}

/** Public keys of the caller's own keyring. @throws EngineError InvalidArgument when one is missing */
export async function exportKeys(fingerprints: readonly string[], signal?: AbortSignal): Promise<Buffer> {
  const args = ['--batch', '--no-tty', '--armor', '--export', '--', ...fingerprints]
  const { stdout } = await gpg(args, ownKeyring(), signal)
  if (stdout.trim() === '')
    throw new EngineError(
      'InvalidArgument',
      `The keyring has no public key ${fingerprints.join(' or ')}: gpg --list-keys shows those there are.`,
    )
  return Buffer.from(stdout)
}

async function importKeys(
  home: string,
  alone: readonly string[],
  keyring: Buffer,
  index: number,
  signal?: AbortSignal,
): Promise<void> {
  if (keyring.length > maxKeyring) throw new EngineError('PolicyInvalid', 'A keyring is larger than 64 MiB.')
  const file = path.join(home, `keys-${index}`)
  await writeFile(file, keyring, { mode: 0o600 })
  const { code, stderr } = await gpg([...alone, '--import', file], {}, signal)
  if (code !== 0) throw new EngineError('PolicyInvalid', `A keyring holds no public keys that gpg can read: ${lastLine(stderr)}`)
}

/** @throws SignatureInvalid unless gpg reports exactly one signature, and that one is good in every way. */
function goodSignature({ stdout, stderr, code }: RunResult): string {
  const status = stdout.split('\n').flatMap((line) => (line.startsWith('[GNUPG:] ') ? [line.slice(9).split(' ')] : []))
  const of = (name: string): string[][] => status.filter(([word]) => word === name)
  const valid = of('VALIDSIG')
  const bad = status.find(([word]) => /^(BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG|NODATA|NO_PUBKEY)$/.test(word ?? ''))
  if (code === 0 && bad === undefined && valid.length === 1 && of('GOODSIG').length === 1 && of('NEWSIG').length === 1)
    return valid[0]!.at(-1)!
  const key = of('ERRSIG')[0]?.[1] ?? of('NO_PUBKEY')[0]?.[1]
  const reason =
    key === undefined ? lastLine(stderr) || 'it is damaged' : `it is by the key ${key}, which is not trusted for this image`
  throw new EngineError('SignatureInvalid', `A signature is not accepted: ${reason}.`.replace('..', '.'))
}

function signFailure(key: string, { stdout, stderr }: RunResult): EngineError {
  if (/INV_SGNR|No secret key/.test(stdout + stderr))
    return new EngineError(
      'InvalidArgument',
      `There is no secret key ${JSON.stringify(key)} to sign with: gpg --list-secret-keys shows those there are.`,
    )
  return new EngineError('ProgramFailed', `gpg could not sign: ${lastLine(stderr)}`)
}

function gpg(args: readonly string[], env: Record<string, string | undefined>, signal?: AbortSignal): Promise<RunResult> {
  return run('gpg', args, { env: plainEnvironment({ LC_ALL: 'C', ...env }), timeout, ...(signal ? { signal } : {}) })
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-gpg-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^gpg: /, '')
    .slice(0, 300) ?? ''
