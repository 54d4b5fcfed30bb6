import { readdirSync, readlinkSync } from 'node:fs'

import type { Output, VolumeFile } from '../../contract/index.ts'
import { lookUp, shownPath, toBytePath, type TreeView } from '../../lib/tree/index.ts'
import type { Verb } from '../verb.ts'
import { pathNotFound } from './path-not-found.ts'
import { openVolume } from './with-files.ts'

/** Names that are answered at most. */
const maxFiles = 2000

/** What is in a folder of a volume: folders first, by name. No link leads out of the volume. */
export const files: Verb<'volume.files'> = async (context, { name, path }, { signal }): Promise<Output<'volume.files'>> => {
  const tree = await openVolume(context, name, signal)
  try {
    const folder = lookUp(tree, toBytePath(path))
    try {
      if (folder.self === undefined) throw pathNotFound(tree.name, path)
      const names = readdirSync(`/proc/self/fd/${folder.self}`, { encoding: 'latin1' }).toSorted()
      const start = folder.path === '/' ? '/' : `${folder.path}/`
      const listed = names.slice(0, maxFiles).flatMap((each) => describe(tree, start, each))
      const rank = ({ type }: VolumeFile) => (type === 'folder' ? 0 : 1)
      return { Files: listed.toSorted((one, other) => rank(one) - rank(other)), More: names.length > maxFiles }
    } finally {
      folder.close()
    }
  } catch (error) {
    throw pathNotFound(tree.name, path, error)
  } finally {
    tree.close()
  }
}

/** Nothing for what is gone meanwhile. */
function describe(tree: TreeView, start: string, name: string): VolumeFile[] {
  const place = lookUp(tree, `${start}${name}`, { follow: false })
  try {
    const { found } = place
    if (!found) return []
    const type = found.isDirectory() ? 'folder' : found.isFile() ? 'file' : found.isSymbolicLink() ? 'link' : 'other'
    const target = type === 'link' ? readlinkSync(`/proc/self/fd/${place.folder}/${name}`) : undefined
    return [
      {
        name: shownPath(name),
        type,
        size: Number(found.size),
        mode: Number(found.mode) & 0o7777,
        mtime: new Date(Number(found.mtimeMs)).toISOString(),
        uid: Number(found.uid),
        gid: Number(found.gid),
        ...(target === undefined ? {} : { target }),
      },
    ]
  } finally {
    place.close()
  }
}
