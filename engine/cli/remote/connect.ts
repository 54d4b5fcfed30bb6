import { readFileSync } from 'node:fs'

import { askOverSsh, forwardSocket, type SshOptions } from '../../adapters/ssh-forward.ts'
import { isSshWord, type SshTarget } from '../../adapters/ssh.ts'
import { EngineError } from '../../errors/index.ts'
import { identity } from '../../lib/process/identity.ts'
import { type ClosableTransport, httpTransport, unixTransport } from '../../rest/http/unix-transport.ts'
import { UsageError } from '../parse/usage-error.ts'
import { type Address, readAddress } from './address.ts'
import type { Destination } from './destination.ts'

/** Opens a way to an engine elsewhere. @throws UsageError for an address that is none; EngineError where ssh fails */
export async function connectTransport(destination: Destination): Promise<ClosableTransport> {
  const address = readAddress(destination.url)
  if (address.kind === 'unix') return unixTransport(address.path)
  if (address.kind === 'tcp') return tcpTransport(address, destination)
  const forwarded = await forwardAddress(address, destination.identity)
  const transport = unixTransport(forwarded.url.slice('unix://'.length))
  return {
    ...transport,
    close: () => {
      transport.close()
      forwarded.close()
    },
  }
}

/** A socket here that leads to an engine over ssh, until it is closed. @throws EngineError `EngineUnreachable` */
export async function forwardAddress(
  address: Extract<Address, { kind: 'ssh' }>,
  keyFile: string | undefined,
): Promise<{ url: string; close(): void }> {
  const options = sshOptions(keyFile)
  const target = sshTarget(address)
  const { path, close } = await forwardSocket(target, address.path ?? (await remoteSocket(target, options)), options)
  return { url: `unix://${path}`, close }
}

function tcpTransport(
  { host, port, secure }: Extract<Address, { kind: 'tcp' }>,
  { ca, cert, key }: Destination,
): ClosableTransport {
  const tls = secure || ca !== undefined || cert !== undefined || key !== undefined
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError('--tls-cert and --tls-key belong together: give both or none')
  const pem = (file: string | undefined) => (file === undefined ? undefined : readPem(file))
  return httpTransport({
    shown: `${host}:${port}`,
    advice: 'start one there with `berth system service`, or check the address.',
    connect: { host, port },
    ...(tls ? { tls: { ca: pem(ca), cert: pem(cert), key: pem(key) } } : {}),
  })
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`The file ${file} cannot be read: ${(error as Error).message.replace(/, open .*$/s, '')}`)
  }
}

export const sshOptions = (keyFile: string | undefined): SshOptions => ({ identity: identity(), keyFile })

/** @throws UsageError for a host or user that ssh would take for something else */
export function sshTarget({ host, user, port }: Extract<Address, { kind: 'ssh' }>): SshTarget {
  if (!isSshWord(host) || (user !== undefined && !isSshWord(user)))
    throw new UsageError(`${JSON.stringify(user === undefined ? host : `${user}@${host}`)} is not a host that ssh can reach`)
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

/** Where an engine may answer on another host, the first that is there: Berth's socket, then Podman's. */
const lookForSocket =
  'run=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; [ "$(id -u)" = 0 ] && run=/run; ' +
  'for socket in "$run/berth/berth.sock" "$run/podman/podman.sock"; do [ -S "$socket" ] && echo "$socket" && exit; done; true'

/** The socket of an engine on another host. @throws EngineError `EngineUnreachable` */
export async function remoteSocket(target: SshTarget, options: SshOptions): Promise<string> {
  const found = (await askOverSsh(target, lookForSocket, options)).trim()
  if (/^\/[\x21-\x7e]+$/.test(found)) return found
  throw new EngineError(
    'EngineUnreachable',
    `On ${target.host} there is no socket of an engine at the usual places: start berth.socket there, or name it in the address, ssh://${target.host}/PATH.`,
    { details: { host: target.host } },
  )
}
