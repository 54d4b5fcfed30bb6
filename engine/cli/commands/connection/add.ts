import { homedir } from 'node:os'
import path from 'node:path'

import { identity } from '../../../lib/process/identity.ts'
import { command } from '../../command.ts'
import { bool, number, text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { type Address, readAddress } from '../../remote/address.ts'
import { remoteSocket, sshOptions, sshTarget } from '../../remote/connect.ts'
import { changeConnections, type Connection, connectionsFile } from '../../remote/connections.ts'

export const connectionAdd = command({
  summary: 'Record destination for the Berth service',
  description:
    'Records the address of an engine, Berth or Podman, under a name: ssh://[USER@]HOST[:PORT][/PATH] (ssh:// may be left out), unix://PATH or tcp://HOST:PORT. Without a path, the other host is asked for its socket. The first connection is the default one.',
  usage: 'NAME DESTINATION',
  examples: [
    'berth system connection add laptop server.example.com',
    'berth system connection add --identity ~/.ssh/dev_rsa testing ssh://root@server.example.com:2222',
    'berth system connection add debug tcp://127.0.0.1:8080',
  ],
  flags: {
    default: bool('d', 'Set connection to be default'),
    identity: text('', 'path to SSH identity file'),
    port: number('p', 'SSH port number for destination', { value: 'int' }),
    'socket-path': text('', 'path to the socket on the remote host, instead of the one that is found'),
    'tls-ca': text('', 'path to TLS certificate Authority PEM file'),
    'tls-cert': text('', 'path to TLS client certificate PEM file'),
    'tls-key': text('', 'path to TLS client certificate private key PEM file'),
  },
  args: { min: 2, max: 2 },
  local: true,
  async run({ args: [name = '', destination = ''], flags }) {
    const address = readAddress(/^[a-z]+:\//.test(destination) ? destination : `ssh://${destination}`)
    const tls = { TLSCAFile: flags['tls-ca'], TLSCertFile: flags['tls-cert'], TLSKeyFile: flags['tls-key'] }
    const files = Object.fromEntries(
      Object.entries(tls).flatMap(([key, file]) => (file === undefined ? [] : [[key, path.resolve(file)]])),
    )
    if (Object.keys(files).length > 0 && address.kind !== 'tcp')
      throw new UsageError('--tls-ca, --tls-cert and --tls-key are for tcp:// addresses')
    if (flags.port !== undefined && address.kind !== 'ssh') throw new UsageError('--port option can only be used with ssh scheme')
    const key = flags.identity === undefined ? undefined : path.resolve(flags.identity.replace(/^~(?=\/)/, homedir()))
    const connection: Connection = {
      URI: address.kind === 'ssh' ? await sshUrl(address, flags.port, flags['socket-path'], key) : destination,
      ...(key === undefined ? {} : { Identity: key }),
      ...files,
    }
    await changeConnections(connectionsFile(identity()), ({ Connection: list }) => {
      list.Connections ??= {}
      if (flags.default || Object.keys(list.Connections).length === 0) list.Default = name
      list.Connections[name] = connection
    })
  },
})

async function sshUrl(
  address: Extract<Address, { kind: 'ssh' }>,
  port: number | undefined,
  socket: string | undefined,
  key: string | undefined,
): Promise<string> {
  const target = sshTarget({ ...address, ...(port === undefined ? {} : { port }) })
  const path = socket ?? address.path ?? (await remoteSocket(target, sshOptions(key)))
  if (!path.startsWith('/')) throw new UsageError(`The socket ${JSON.stringify(path)} is not an absolute path`)
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  return `ssh://${target.user === undefined ? '' : `${target.user}@`}${host}${target.port === undefined ? ':22' : `:${target.port}`}${path}`
}
