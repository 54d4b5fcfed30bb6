import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { createNetworkNamespace, removeNetworkNamespace } from '../../adapters/netns.ts'
import { enterNetworkWords } from '../../adapters/nsenter.ts'
import { isPastaRunning, pastaDnsAddress, startPasta, stopPasta } from '../../adapters/pasta.ts'
import type { Context } from '../context.ts'

/*
 * All bridges of an ordinary user are in one network namespace, as podman has it: netavark, the name server and the bridges are in it,
 * pasta joins it to the host, and each container has a namespace of its own that hangs on a bridge in it. It is there for as long as
 * one container is noted as its user (docs/decisions/0024).
 */

const folderOf = ({ runRoot }: Context): string => path.join(runRoot, 'rootless-netns')

/** The file at which the namespace is kept. */
export const rootlessNetns = (context: Context): string => path.join(folderOf(context), 'netns')

const pidFile = (context: Context): string => path.join(folderOf(context), 'pasta.pid')
const resolvConf = (context: Context): string => path.join(folderOf(context), 'resolv.conf')
const usersFolder = (context: Context): string => path.join(folderOf(context), 'users')

/** Words that start a program in it, where the host's name servers are those that can be reached from there. */
export const enterRootless = (context: Context): string[] => enterNetworkWords(rootlessNetns(context), resolvConf(context))

/** Whether the namespace is there. What the end of a session left is only a file. */
export function hasRootlessNetwork(context: Context): boolean {
  const found = statSync(rootlessNetns(context), { throwIfNoEntry: false })
  return found !== undefined && found.dev !== statSync(folderOf(context)).dev
}

/**
 * Notes a container as a user of the namespace, which is made if it is not there. The caller holds netavark's lock.
 *
 * @throws EngineError `NetworkFailed`, `ProgramMissing`.
 */
export async function joinRootlessNetwork(context: Context, id: string): Promise<void> {
  mkdirSync(usersFolder(context), { recursive: true, mode: 0o700 })
  if (!hasRootlessNetwork(context) || !isPastaRunning(pidFile(context))) await makeNetwork(context)
  writeFileSync(path.join(usersFolder(context), id), '', { mode: 0o600 })
}

async function makeNetwork(context: Context): Promise<void> {
  await stopPasta(pidFile(context))
  const netns = rootlessNetns(context)
  if (!hasRootlessNetwork(context)) {
    removeNetworkNamespace(netns)
    await createNetworkNamespace(netns)
  }
  writeFileSync(resolvConf(context), nameServers())
  const extraArguments = (await context.conf()).network.pastaOptions
  try {
    await startPasta({ netns, ports: [], pidFile: pidFile(context), ...(extraArguments ? { extraArguments } : {}) })
  } catch (error) {
    removeNetworkNamespace(netns)
    throw error
  }
}

/** The host's servers as they are seen in there: pasta passes on to what listens on the host's loopback. */
function nameServers(): string {
  const servers = textOf('/etc/resolv.conf')
    .split('\n')
    .flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? [])
    .filter((server) => !server.startsWith('127.') && server !== '::1')
  return [pastaDnsAddress, ...servers].map((server) => `nameserver ${server}\n`).join('')
}

/** Forgets a user of the namespace, and removes it with its pasta after the last. Idempotent. The caller holds netavark's lock. */
export async function leaveRootlessNetwork(context: Context, id: string): Promise<void> {
  rmSync(path.join(usersFolder(context), id), { force: true })
  if (rootlessUsers(context).length === 0) await removeRootlessNetwork(context)
}

/** Ids of the containers that are noted as its users. */
export function rootlessUsers(context: Context): string[] {
  try {
    return readdirSync(usersFolder(context))
  } catch {
    return []
  }
}

/** Idempotent. The caller holds netavark's lock. */
export async function removeRootlessNetwork(context: Context): Promise<void> {
  await stopPasta(pidFile(context))
  removeNetworkNamespace(rootlessNetns(context))
  rmSync(folderOf(context), { recursive: true, force: true })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
