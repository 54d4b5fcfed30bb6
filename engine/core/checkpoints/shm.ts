import { createReadStream, createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { createTarParser, writeTar } from '../../lib/tar/index.ts'
import { createLayerWriter } from '../../storage/layers/layer-writer.ts'
import type { ContainerRecord } from '../../store/index.ts'
import { treeMembers } from '../../lib/tree/index.ts'

/** Whether the container's /dev/shm is a mount of its own, and not its pod's or the host's. */
export function ownsShm({ config }: ContainerRecord): boolean {
  const { mode } = config.namespaces.ipc
  return mode === 'private' || mode === 'shareable'
}

/** Writes what is in /dev/shm into an archive; none for an empty one. Files with a name in it outlive the processes. */
export async function saveShm(folder: string, archive: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  if (names.length === 0) return
  await pipeline(Readable.from(writeTar(treeMembers(folder)), { objectMode: false }), createWriteStream(archive, { mode: 0o600 }))
}

/** Unpacks an archive into the mounted, empty /dev/shm; nothing where there is none. Members cannot get out of the folder. */
export async function fillShm(folder: string, archive: string): Promise<void> {
  const writer = createLayerWriter({
    root: folder,
    rootless: false,
    marks: 'trusted',
    owner: { uid: 0, gid: 0 },
    onWhiteout: () => {},
  })
  const parser = createTarParser(writer)
  try {
    for await (const chunk of createReadStream(archive)) parser.push(chunk as Buffer)
    parser.finish()
    writer.finish()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  } finally {
    writer.close()
  }
}
