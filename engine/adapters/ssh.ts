import { existsSync } from 'node:fs'
import path from 'node:path'

import { requireProgram } from '../lib/process/exec.ts'
import type { Identity } from '../lib/process/identity.ts'

/** Where a user's own OpenSSH is to go. */
export interface SshTarget {
  /** A name, an address, or an alias of the user's configuration. */
  host: string
  user?: string
  port?: number
}

/** Whether a text can be a host or user for ssh: nothing that ssh would parse as an option or a command. */
export function isSshWord(text: string): boolean {
  return /^[A-Za-z0-9_[][A-Za-z0-9_.:%[\]-]*$/.test(text)
}

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk']

/**
 * The command line that runs a shell command on another host with the user's own ssh (ssh(1)): their configuration, keys, agent
 * and known hosts. Inside a user namespace ssh takes root's home for the user's, so that the files are named to it.
 *
 * @param options.mayAsk whether a user can be prompted for a password or an unknown host.
 * @throws ProgramMissing
 */
export function sshCommand(
  target: SshTarget,
  command: string,
  { identity, mayAsk }: { identity: Identity; mayAsk: boolean },
): string[] {
  const options = ['-T', '-o', 'ServerAliveInterval=30']
  if (!mayAsk) options.push('-o', 'BatchMode=yes')
  if (target.user !== undefined) options.push('-l', target.user)
  else if (identity.rootless) options.push('-l', identity.userName)
  if (target.port !== undefined) options.push('-p', String(target.port))
  if (identity.rootless) options.push(...ownFiles(path.join(identity.home, '.ssh')))
  return [requireProgram('ssh'), ...options, '--', target.host, command]
}

function ownFiles(folder: string): string[] {
  const config = path.join(folder, 'config')
  const keys = defaultKeys.map((name) => path.join(folder, name)).filter((file) => existsSync(file))
  return [
    ...(existsSync(config) ? ['-F', config] : []),
    '-o',
    `UserKnownHostsFile=${path.join(folder, 'known_hosts')}`,
    ...keys.flatMap((file) => ['-i', file]),
  ]
}
