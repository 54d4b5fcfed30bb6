import { EngineError } from '../errors/index.ts'
import { runChecked } from '../lib/process/exec.ts'
import { parseIdMap } from '../lib/process/identity.ts'

/** Lines of a map file: `size` ids from `container_id` on are `host_id` on outside. */
export interface NamespaceIds {
  uids: { container_id: number; host_id: number; size: number }[]
  gids: { container_id: number; host_id: number; size: number }[]
}

/** The ids of the user namespace at a path. @throws EngineError `InvalidArgument` for a path that is none, or may not be joined. */
export async function idsOfNamespace(file: string): Promise<NamespaceIds> {
  const read = async (kind: string) => {
    const { stdout } = await runChecked('nsenter', [`--user=${file}`, '--preserve-credentials', 'cat', `/proc/self/${kind}_map`])
    return parseIdMap(stdout).map(({ inside, outside, size }) => ({ container_id: inside, host_id: outside, size }))
  }
  try {
    const [uids, gids] = await Promise.all([read('uid'), read('gid')])
    return { uids, gids }
  } catch (cause) {
    if (EngineError.is(cause, 'ProgramMissing')) throw cause
    const message = `There is no user namespace at ${JSON.stringify(file)} that can be joined: ${(cause as Error).message}`
    throw new EngineError('InvalidArgument', message, { details: { path: file }, cause })
  }
}

/**
 * Words that start a program in a network namespace, in a mount namespace of its own in which `resolvConf` is /etc/resolv.conf. Where the
 * host has no such file nothing is shown.
 */
export function enterNetworkWords(netns: string, resolvConf: string): string[] {
  const show = '[ ! -e /etc/resolv.conf ] || mount --bind "$1" /etc/resolv.conf; shift; exec "$@"'
  return ['nsenter', `--net=${netns}`, 'unshare', '--mount', '--propagation', 'slave', 'sh', '-c', show, 'sh', resolvConf]
}
