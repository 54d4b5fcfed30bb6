import type { BigIntStats } from 'node:fs'

import type { PathInfo } from '../../contract/index.ts'
import { shownPath } from '../../lib/tree/index.ts'
import { formatNano } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { findPlace } from './archive/find-place.ts'
import { openTree } from './archive/open-tree.ts'

/** What a path of a container leads to. Podman's answer for a link is made of both: the target's name, the link's size and mode. */
export const pathInfo: Verb<'container.pathInfo'> = async (context, { name, path }, options) => {
  const tree = await openTree(context, name, options)
  try {
    const target = findPlace(tree, path)
    const own = findPlace(tree, path, { follow: false })
    target.close()
    own.close()
    return describePath(path, shownPath(target.path), own.found, target.found.isDirectory())
  } finally {
    tree.close()
  }
}

/** @param real the path without links. */
export function describePath(asked: string, real: string, { size, mode, mtimeNs }: BigIntStats, isDir: boolean): PathInfo {
  const end = asked.endsWith('/.') || real === '/' ? '.' : asked.endsWith('/') ? '' : undefined
  const linkTarget = end === undefined ? real : `${real === '/' ? '' : real}/${end}`
  return {
    name: linkTarget.split('/').findLast((part) => part !== '') ?? '.',
    size: Number(size),
    mode: goMode(Number(mode)),
    mtime: formatNano(mtimeNs),
    isDir,
    linkTarget,
  }
}

/** Bits of Go's io/fs.FileMode, by the type in `st_mode` (inode(7)). */
const goTypes: Readonly<Record<number, number>> = {
  0o040000: 2 ** 31,
  0o120000: 2 ** 27,
  0o060000: 2 ** 26,
  0o020000: 2 ** 26 + 2 ** 21,
  0o010000: 2 ** 25,
  0o140000: 2 ** 24,
}

/** A mode as Go writes it. */
export function goMode(mode: number): number {
  const special = (mode & 0o4000 ? 2 ** 23 : 0) + (mode & 0o2000 ? 2 ** 22 : 0) + (mode & 0o1000 ? 2 ** 20 : 0)
  return (mode & 0o777) + special + (goTypes[mode & 0o170000] ?? 0)
}
