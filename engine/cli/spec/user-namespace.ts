import type { ContainerSpec, Namespace } from '../../contract/index.ts'
import { ownIds, subordinateIds } from '../../lib/process/own-ids.ts'
import { parseIdMaps } from '../../spec/id-map.ts'
import { UsageError } from '../parse/usage-error.ts'
import { parseNamespace } from './networks.ts'

/** Flags about the user namespace. */
export interface UserNamespaceFlags {
  userns?: string | undefined
  uidmap: readonly string[]
  gidmap: readonly string[]
  subuidname?: string | undefined
  subgidname?: string | undefined
  pod?: string | undefined
}

const modes = ['host', 'private', 'auto', 'keep-id', 'nomap', 'no-map', 'container', 'path', 'default', 'pod']

/** @throws UsageError, with podman's message. */
function parseMode(text: string): Namespace {
  const namespace = parseNamespace(text)
  if (modes.includes(namespace.nsmode ?? '')) return namespace
  throw new UsageError(`unrecognized namespace mode ${text} passed`)
}

/** What `--userns`, `--uidmap` and the like ask for. @throws UsageError, EngineError `InvalidArgument`, `SubidMissing` */
export function parseUserNamespace(flags: UserNamespaceFlags): Pick<ContainerSpec, 'userns' | 'idmappings'> {
  const { uidmap, gidmap, subuidname, subgidname } = flags
  // The variable is podman's.
  const mode = flags.userns ?? (flags.pod === undefined ? process.env['PODMAN_USERNS'] : undefined)
  const named = subuidname !== undefined || subgidname !== undefined
  const listed = uidmap.length > 0 || gidmap.length > 0
  if (!named && !listed) return mode === undefined ? {} : { userns: parseMode(mode === '' ? 'host' : mode) }
  if (flags.userns !== undefined && flags.userns !== '' && flags.userns !== 'private')
    throw new UsageError('--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive')
  if (named && listed) throw new UsageError('--subuidname and --subgidname cannot be set together with --uidmap or --gidmap')
  const ids = named
    ? subordinateIds({ uid: (subuidname ?? subgidname) as string, gid: (subgidname ?? subuidname) as string })
    : parseIdMaps({ uidmap, gidmap }, ownIds())
  return {
    userns: { nsmode: 'private' },
    idmappings: { HostUIDMapping: false, HostGIDMapping: false, UIDMap: ids.uids, GIDMap: ids.gids },
  }
}
