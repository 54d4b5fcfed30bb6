import { readFileSync } from 'node:fs'

import { readFromProgram, writeToProgram } from '../../adapters/archive-pipe.ts'
import { type Account, runuserCommand } from '../../adapters/runuser.ts'
import { isSshWord, sshCommand, type SshTarget } from '../../adapters/ssh.ts'
import type { CallOptions } from '../../contract/index.ts'
import { parseInput } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { which } from '../../lib/process/exec.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'

/** Where an image is or goes. */
type Place = { kind: 'own' } | { kind: 'user'; account: Account } | { kind: 'ssh'; target: SshTarget }

interface Side {
  place: Place
  image: string
}

/**
 * Copies an image to or from another host, through the user's own ssh and the `berth` or `podman` over there, or, as root, to or
 * from another user of this host. `HOST::IMAGE` names one elsewhere; `USER@localhost::` is a user here.
 */
export const scp: Verb<'image.scp'> = async (context, { name, destination }, options) => {
  const source = parseSide(context, name)
  const target = destination === undefined ? undefined : parseSide(context, destination)
  if (source.image === '') throw invalid('a source image must be specified')
  const to: Place = target?.place ?? { kind: 'own' }
  if (source.place.kind === 'own' && to.kind === 'own') throw invalid('must specify a destination')
  const bytes = await readImage(context, source, options)
  const [loaded = ''] = await writeImage(context, to, bytes, options)
  if (target?.image && to.kind === 'own' && loaded !== '') await retag(context, loaded, target.image, options)
  return { Id: loaded }
}

function parseSide(context: Context, text: string): Side {
  const at = text.indexOf('::')
  if (at < 0) return { place: { kind: 'own' }, image: text }
  const image = text.slice(at + 2)
  if (image !== '' && !/^[A-Za-z0-9][\w.:/@-]*$/.test(image)) throw invalid(`${JSON.stringify(image)} is no image name`)
  return { place: parsePlace(context, text.slice(0, at)), image }
}

/** `[ssh://][user@]host[:port][/path]`; the path of a socket, which podman needs, is not used. */
function parsePlace(context: Context, text: string): Place {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/.*$/, '')
  const sign = bare.lastIndexOf('@')
  const user = sign < 0 ? undefined : bare.slice(0, sign)
  const found = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(bare.slice(sign + 1))
  const host = found?.[1]
  if (host === undefined || !isSshWord(host) || (user !== undefined && !isSshWord(user)))
    throw invalid(`${JSON.stringify(text)} is no [USER@]HOST`)
  if (host === 'localhost' && user !== undefined && found?.[2] === undefined) return userPlace(context, user)
  const target: SshTarget = { host: host.replace(/^\[|\]$/g, '') }
  if (user !== undefined) target.user = user
  if (found?.[2] !== undefined) target.port = Number(found[2])
  return { kind: 'ssh', target }
}

function userPlace({ identity }: Context, name: string): Place {
  if (name === identity.userName) return { kind: 'own' }
  const account = findAccount(name)
  if (!account) throw invalid(`unknown user ${name}`)
  if (identity.rootless)
    throw new EngineError(
      'AccessDenied',
      `The images of ${name} are theirs: only root can copy between the users of this host.`,
      {
        details: { user: name },
      },
    )
  return account.uid === 0 ? { kind: 'own' } : { kind: 'user', account }
}

function findAccount(name: string): Account | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid, , home = '/'] = line.split(':')
    if (user === name) return { name, uid: Number(uid), gid: Number(gid), home }
  }
  return undefined
}

/** The program of a user here: the launcher, which enters their namespace. */
function launcher(): string {
  const found = process.env['BERTH_LAUNCHER'] ?? which('berth')
  if (found) return found
  throw new EngineError('ProgramMissing', 'The command berth is not installed, which another user’s images are reached with.')
}

/** `berth`, or where it is not installed `podman`, on another host. */
const remotely = (words: string): string =>
  `if command -v berth >/dev/null 2>&1; then exec berth ${words}; else exec podman ${words}; fi`

function commandFor(context: Context, place: Exclude<Place, { kind: 'own' }>, words: readonly string[]): string[] {
  if (place.kind === 'user') return runuserCommand(place.account, [launcher(), ...words])
  return sshCommand(place.target, remotely(words.map((word) => `'${word}'`).join(' ')), {
    identity: context.identity,
    mayAsk: !context.service,
  })
}

const describe = (place: Exclude<Place, { kind: 'own' }>): string =>
  place.kind === 'user' ? `berth as ${place.account.name}` : `ssh to ${place.target.host}`

async function readImage(context: Context, { place, image }: Side, options: CallOptions): Promise<AsyncIterable<Uint8Array>> {
  if (place.kind === 'own') {
    const { exportImages } = await import('./export.ts')
    const input = parseInput('image.export', { references: [image], format: 'oci-archive' })
    return (await exportImages(context, input, options)) as AsyncIterable<Uint8Array>
  }
  const argv = commandFor(context, place, ['save', '--quiet', '--format=oci-archive', image])
  return readFromProgram(argv, { what: describe(place), signal: options.signal })
}

async function writeImage(
  context: Context,
  place: Place,
  bytes: AsyncIterable<Uint8Array>,
  options: CallOptions,
): Promise<string[]> {
  if (place.kind === 'own') {
    const { load } = await import('./load.ts')
    return (await load(context, { body: bytes }, options)).Names
  }
  const printed = await writeToProgram(commandFor(context, place, ['load', '--quiet']), bytes, {
    what: describe(place),
    signal: options.signal,
  })
  return [...printed.matchAll(/Loaded image(?:\(s\))?: (\S+)/g)].map((found) => found[1]!)
}

async function retag(context: Context, loaded: string, repo: string, options: CallOptions): Promise<void> {
  const { tag } = await import('./tag.ts')
  await tag(context, { name: loaded, repo }, options)
}

function invalid(reason: string): EngineError {
  return new EngineError('InvalidArgument', `${reason}: an image elsewhere is HOST::IMAGE, and the other side HOST::`)
}
