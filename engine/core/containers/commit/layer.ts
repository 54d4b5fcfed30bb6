import { closeSync } from 'node:fs'
import path from 'node:path'

import { writeTar, type TarInput } from '../../../lib/tar/index.ts'
import { treeMembers } from '../../../lib/tree/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { type ImportedLayer, plainLayer } from '../../images/archive/imported-layer.ts'
import { openRootfs } from '../mounts/open-rootfs.ts'
import { snapshotOf } from '../records/snapshot.ts'
import { type Owner, ownerInside } from '../user-namespaces/outside.ts'

/**
 * The layer of an image that a container's changes are, or with `whole` all of its files; its lock must be held. Sockets are left
 * out, as no archive can hold one, and what is mounted in the container. The caller closes it.
 *
 * @throws EngineError `DiskFull`, `Cancelled`.
 */
export async function containerLayer(
  context: Context,
  record: ContainerRecord,
  { whole, signal }: { whole: boolean; signal?: AbortSignal | undefined },
): Promise<ImportedLayer> {
  return await plainLayer(context, writeTar(layerMembers(context, record, whole)), signal)
}

/** What is in {@link containerLayer}. */
export function layerMembers(context: Context, record: ContainerRecord, whole: boolean): AsyncIterable<TarInput> {
  return asLayer(whole ? wholeTree(context, record) : changedFiles(context, record))
}

async function* wholeTree(context: Context, record: ContainerRecord): AsyncGenerator<TarInput> {
  const fd = await openRootfs(context, record, { readonly: true })
  try {
    yield* treeMembers(`/proc/self/fd/${fd}`, { owner: (found) => ownerInside(record.config, found) })
  } finally {
    closeSync(fd)
  }
}

async function* changedFiles(context: Context, record: ContainerRecord): AsyncGenerator<TarInput> {
  const { root, only, removed } = await (await context.layers()).snapshotChanges(snapshotOf(record))
  const owner = (found: Owner) => ownerInside(record.config, found)
  yield* treeMembers(root, { whiteouts: true, owner, ...(only ? { only } : {}) })
  for (const name of removed) yield whiteout(name)
}

/** A name that the layers below have and this one removes (OCI image-spec, layer.md). */
function whiteout(name: string): TarInput {
  const { dir, base } = path.posix.parse(name)
  return { header: { path: path.posix.join(dir, `.wh.${base}`), type: 'file', mode: 0, uid: 0, gid: 0, size: 0, mtime: 0n } }
}

/** Attributes that images carry; others belong to the host (`security.selinux`) or to its file system. */
const isCarried = (name: string): boolean => name === 'security.capability' || name.startsWith('user.')

async function* asLayer(members: AsyncIterable<TarInput>): AsyncGenerator<TarInput> {
  for await (const member of members) {
    const { xattrs } = member.header
    if (!xattrs) yield member
    else {
      const carried = new Map([...xattrs].filter(([name]) => isCarried(name)))
      yield { ...member, header: { ...member.header, xattrs: carried.size > 0 ? carried : undefined } }
    }
  }
}
