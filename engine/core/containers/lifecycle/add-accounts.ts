import { containerById, type ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { containerPaths } from '../../paths.ts'
import {
  appendAccounts,
  copyAccounts,
  hostAccount,
  hostAccounts,
  readAccounts,
  userAccounts,
  withLines,
} from '../spec/accounts.ts'
import { type ContainerUser, lookUpUser } from '../spec/user.ts'
import { ownerOutside } from '../user-namespaces/outside.ts'

/** As whom a container runs, by its own files. @throws as {@link lookUpUser} */
export function userIn({ config }: ContainerRecord, rootfs: string, files?: { passwd: string; group: string }): ContainerUser {
  return lookUpUser(rootfs, config.user, namedGroups(config.spec.groups ?? []), {
    nodev: config.rootfs === '',
    home: config.workdir,
    ...(files ? { files } : {}),
  })
}

/** Without the word that keeps the caller's. */
export function namedGroups(groups: readonly string[]): string[] {
  return groups.filter((each) => each !== 'keep-groups')
}

/**
 * Makes sure that the container's files of accounts name its user, and those of the host's that were asked for. What cannot be
 * written, or is not ours, is covered by a copy.
 */
export function addAccounts(
  context: Context,
  record: ContainerRecord,
  rootfs: string,
): { user: ContainerUser; passwd?: string; group?: string } {
  const { config, id } = record
  if (config.spec.manage_password === false || config.isInfra) return { user: userIn(record, rootfs) }
  const inPlace = !config.readOnly && config.rootfs === ''
  const before = readAccounts(rootfs)
  const hosts = hostAccounts(before, config.spec.hostusers ?? [], config.workdir || '/')
  const known = { passwd: withLines(before.passwd, hosts.passwd), group: before.group }
  const user = hosts.passwd.length > 0 ? userIn(record, rootfs, known) : userIn(record, rootfs)
  const { realUid } = context.identity
  const caller = user.uid === realUid && keepsId(context, record) ? hostAccount(realUid) : undefined
  const own = userAccounts(known, config, user, caller)
  const added = { passwd: [...hosts.passwd, ...own.passwd], group: own.group }
  if (inPlace) {
    appendAccounts(rootfs, before, added)
    return { user }
  }
  return { user, ...copyAccounts(containerPaths(context, id).run, before, added, ownerOutside(config, { uid: 0, gid: 0 })) }
}

/** Whether the caller has the same id inside: by the container's own user namespace, or its pod's. */
function keepsId({ database }: Context, { config: { namespaces } }: ContainerRecord): boolean {
  const { mode, value } = namespaces.user
  const holder = mode === 'pod' && value ? containerById(database, value)?.config.namespaces.user.mode : mode
  return holder === 'keep-id'
}
