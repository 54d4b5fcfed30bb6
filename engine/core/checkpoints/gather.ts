import { createWriteStream } from 'node:fs'
import { copyFile, link, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import type { ContainerSpec } from '../../contract/index.ts'
import { writeTar } from '../../lib/tar/index.ts'
import type { SnapshotChanges } from '../../storage/index.ts'
import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { snapshotOf } from '../containers/records/snapshot.ts'
import { ociJson } from '../containers/spec/oci-json.ts'
import type { OciSpec } from '../containers/spec/oci.ts'
import { containerPaths } from '../paths.ts'
import { archiveConfig } from './archive-config.ts'
import { checkpointFiles, previousFolder } from './files.ts'
import { treeMembers } from '../../lib/tree/index.ts'
import { saveVolumes } from './volume-files.ts'

/**
 * Puts everything an archive holds into `folder`, with podman's names for it; the container's lock must be held. CRIU's images are
 * linked, so that they outlive the container. Of a pre-checkpoint there is the memory alone.
 */
export async function gather(
  context: Context,
  record: ContainerRecord,
  folder: string,
  options: { ignoreRootFS: boolean; ignoreVolumes: boolean; preCheckpoint?: boolean },
): Promise<void> {
  const { id, config } = record
  const files = checkpointFiles(context, id)
  const paths = containerPaths(context, id)
  if (options.preCheckpoint) await linkAll(files.previous, path.join(folder, previousFolder))
  else await linkAll(files.images, path.join(folder, 'checkpoint'))
  const volumes = options.preCheckpoint || options.ignoreVolumes ? [] : await saveVolumes(context, record, folder)
  await writeFile(path.join(folder, 'config.dump'), JSON.stringify(archiveConfig(record, volumes)), { mode: 0o600 })
  const spec = withoutSecrets(await readFile(path.join(paths.bundle, 'config.json'), 'utf8'), config.spec)
  await writeFile(path.join(folder, 'spec.dump'), spec, { mode: 0o600 })
  await copyIfThere(path.join(files.work, 'stats-dump'), path.join(folder, 'stats-dump'))
  if (options.preCheckpoint) return
  await copyIfThere(files.network, path.join(folder, 'network.status'))
  await copyIfThere(files.shm, path.join(folder, 'devshm-checkpoint.tar'))
  if (config.log.path !== '') await copyIfThere(config.log.path, path.join(folder, 'ctr.log'))
  if (!options.ignoreRootFS && config.rootfs === '')
    await writeRootfsDiff(await (await context.layers()).snapshotChanges(snapshotOf(record)), folder)
}

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  for (const name of await readdir(from)) await link(path.join(from, name), path.join(to, name))
}

/** The runtime's configuration without the values of secrets that are variables: a restore takes them from the store. */
export function withoutSecrets(text: string, { secret_env: variables }: Pick<ContainerSpec, 'secret_env'>): string {
  const names = new Set(Object.keys(variables ?? {}))
  if (names.size === 0) return text
  const spec = JSON.parse(text) as OciSpec
  spec.process.env = spec.process.env.filter((pair) => !names.has(pair.slice(0, pair.indexOf('='))))
  return ociJson(spec)
}

/** What the container wrote, and the names it removed. */
async function writeRootfsDiff(changes: SnapshotChanges, folder: string): Promise<void> {
  const { root, only } = changes
  const removed = [...changes.removed]
  const members = writeTar(treeMembers(root, { removed: (name) => removed.push(name), ...(only ? { only } : {}) }))
  await pipeline(
    Readable.from(members, { objectMode: false }),
    createWriteStream(path.join(folder, 'rootfs-diff.tar'), { mode: 0o600 }),
  )
  await writeFile(path.join(folder, 'deleted.files'), JSON.stringify(removed), { mode: 0o600 })
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
