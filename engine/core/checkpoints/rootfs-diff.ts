import { createReadStream } from 'node:fs'
import path from 'node:path'

import { EngineError } from '../../errors/index.ts'
import { readJson } from '../../lib/files/atomic-file.ts'
import { createTarParser, type TarHeader } from '../../lib/tar/index.ts'
import { createLayerWriter } from '../../storage/layers/layer-writer.ts'
import type { Marks } from '../../storage/layers/marks.ts'

const longestList = 64 * 1024 * 1024

/**
 * Makes the new, empty layer at `root` what an archive unpacked in `folder` says the container wrote and removed.
 * Written as layers of images are: no member gets out of the folder.
 *
 * @returns the folders that no member described.
 * @throws EngineError `CheckpointInvalid`.
 */
export async function applyRootfsDiff(folder: string, root: string, marks: Marks = 'trusted'): Promise<string[]> {
  const writer = createLayerWriter({ root, rootless: false, marks, owner: { uid: 0, gid: 0 } })
  const parser = createTarParser(writer)
  try {
    for (const name of await removedNames(folder)) writer.entry(whiteout(name))
    for await (const chunk of createReadStream(path.join(folder, 'rootfs-diff.tar'), { highWaterMark: 256 * 1024 }))
      parser.push(chunk as Buffer)
    parser.finish()
    writer.finish()
    return writer.implied()
  } catch (error) {
    // An archive without it was made with --ignore-rootfs.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return writer.implied()
    if (EngineError.is(error, 'LayerInvalid', 'ArchiveInvalid'))
      throw new EngineError('CheckpointInvalid', `The archive's rootfs-diff.tar is refused: ${error.message}`, { cause: error })
    throw error
  } finally {
    writer.close()
  }
}

async function removedNames(folder: string): Promise<string[]> {
  const list = (await readJson(path.join(folder, 'deleted.files'), longestList)) ?? []
  if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list
  throw new EngineError('CheckpointInvalid', "The archive's deleted.files is not a list of names.")
}

/** As image layers say that a name is gone. Podman's names begin with a slash. */
function whiteout(name: string): TarHeader {
  const { dir, base } = path.posix.parse(name.replace(/^\/+/, ''))
  return { path: path.posix.join(dir, `.wh.${base}`), type: 'file', mode: 0o600, uid: 0, gid: 0, size: 0, mtime: 0n }
}
