import { existsSync } from 'node:fs'
import { chmod, copyFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

import type { ContainerSpec, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { readJson } from '../../lib/files/atomic-file.ts'
import { containerById, type ContainerRecord, findContainer, volumeByName, volumeUsers } from '../../store/index.ts'
import { createContainer } from '../containers/create.ts'
import { startNeeds } from '../containers/lifecycle/start-container.ts'
import { removeContainer } from '../containers/remove.ts'
import { deleteVolumeRecord } from '../volumes/removal.ts'
import { mapsIds } from '../containers/user-namespaces/maps-ids.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { type ArchiveConfig, parseArchiveConfig } from './archive-config.ts'
import { checkpointFiles, previousFolder } from './files.ts'
import { loadLocked, type RestoreCall } from './load.ts'
import { requireUnprivileged } from './privileges.ts'
import { isPodmanDocument, podmanArchiveConfig } from './podman/archive.ts'
import { translateNetworkStatus } from './podman/network-status.ts'
import { parsePort } from '../../spec/port.ts'
import { ownIdsRefused, requireCheckpoints } from './require-criu.ts'
import { applyRootfsDiff } from './rootfs-diff.ts'
import { type CheckpointArchives, unpackArchives } from './unpack-archives.ts'
import { splitStream } from './split-stream.ts'
import { fillSavedVolumes } from './volume-files.ts'
import { makeWorkspace } from './workspace.ts'

/** What a new container may be given, and how it is restored. */
export type ImportInput = Omit<Parsed<'container.restoreImport'>, 'container' | 'body' | 'previousBytes'>

/** Makes a container from a checkpoint archive and starts it from the saved state, see {@link importCheckpoint}. */
export const restoreImport: Verb<'container.restoreImport'> = async (context, input, { signal }) => {
  await requireCheckpoints(context, 'restore', signal)
  const { body, previousBytes } = input
  const { first, rest } = previousBytes === undefined ? { first: undefined, rest: body } : splitStream(body, previousBytes)
  return { Id: await importCheckpoint(context, { archive: rest, ...(first ? { previous: first } : {}) }, input, { signal }) }
}

/**
 * Makes a container from a checkpoint archive and starts it from the saved state. It is created as any other is, with all checks,
 * from what the archive says it was. If anything fails nothing of it is left. Privileges it asks for are refused by name before
 * anything is created, unless `privileged` allows them.
 *
 * @returns the new container's id.
 */
export async function importCheckpoint(
  context: Context,
  archives: CheckpointArchives,
  input: ImportInput,
  call: RestoreCall,
): Promise<string> {
  const { signal } = call
  const workspace = makeWorkspace(context)
  try {
    await unpackArchives(archives, workspace.path, signal)
    const archive = await readArchive(context, workspace.path)
    requirePod(archive, input)
    if (mapsIds(archive.spec)) throw ownIdsRefused(archive.spec.name ?? 'in the archive')
    const hasVolume = (name: string) => volumeByName(context.database, name) !== undefined
    if (!input.privileged) requireUnprivileged(archive.spec, { hasVolume })
    const kept = new Set(archive.volumes.map((each) => each.name).filter(hasVolume))
    const { record } = await createContainer(context, specOf(input, archive), { id: freeId(context, input, archive) })
    try {
      if (!input.ignoreVolumes) await fillSavedVolumes(context, record, archive, workspace.path, kept, signal)
      await startFrom(context, record, archive, workspace.path, input, call)
    } catch (error) {
      await removeContainer(context, record.id, { force: true, volumes: true, ignore: true, timeout: 0 })
      await removeNewVolumes(context, archive, kept)
      throw error
    }
    return record.id
  } finally {
    await workspace.remove()
  }
}

/** Those with names, which do not go with their container, unless another one has them by now. */
async function removeNewVolumes(context: Context, { volumes }: ArchiveConfig, kept: ReadonlySet<string>): Promise<void> {
  for (const name of new Set(volumes.map((each) => each.name)))
    if (!kept.has(name))
      await (await deleteVolumeRecord(context, name, () => volumeUsers(context.database, name).length === 0))?.discard()
}

async function readArchive(context: Context, folder: string): Promise<ArchiveConfig> {
  if (!existsSync(path.join(folder, 'checkpoint/inventory.img')))
    throw new EngineError('CheckpointInvalid', 'The archive is not a checkpoint: it has no checkpoint/inventory.img.')
  const document = await readJson(path.join(folder, 'config.dump')).catch((error: unknown) => {
    throw new EngineError('CheckpointInvalid', 'The archive is not a checkpoint: its config.dump is too large or not JSON.', {
      cause: error,
    })
  })
  if (!isPodmanDocument(document)) return parseArchiveConfig(document)
  const archive = podmanArchiveConfig(document)
  await translateNetworkStatus(context, folder)
  return archive
}

/** Namespaces that were a pod's have to be one's again. */
function requirePod({ spec }: ArchiveConfig, { pod }: ImportInput): void {
  const shares = [spec.netns, spec.ipcns, spec.pidns, spec.utsns].some((namespace) => namespace?.nsmode === 'pod')
  if (!shares || pod) return
  const message = 'cannot restore pod container without --pod: its container shared namespaces of a pod; name one with --pod.'
  throw new EngineError('InvalidArgument', message, { details: { field: 'pod' } })
}

function specOf({ name, pod, publishPorts }: ImportInput, archive: ArchiveConfig): ContainerSpec {
  return {
    ...archive.spec,
    name: name || archive.name,
    pod: pod || undefined,
    ...(publishPorts ? { portmappings: publishPorts.map(parsePort) } : {}),
  }
}

/** The same container comes back under its own id, as with podman; a copy of one that is there, or under another name, gets a new one. */
function freeId(context: Context, { name }: ImportInput, { id }: ArchiveConfig): string | undefined {
  return name || containerById(context.database, id) ? undefined : id
}

async function startFrom(
  context: Context,
  created: ContainerRecord,
  archive: ArchiveConfig,
  folder: string,
  input: ImportInput,
  { onRestored, signal }: RestoreCall,
): Promise<void> {
  const { id, config } = created
  if (archive.image && config.image?.id !== archive.image.id) {
    const message = `The image ${archive.image.name} here is not the one that the checkpoint was made from (${archive.image.id.slice(0, 12)}); pull or load that one first.`
    throw new EngineError('CheckpointInvalid', message, { details: { image: archive.image.id } })
  }
  await startNeeds(context, created, { signal })
  await context.lock(
    'container',
    id,
    async () => {
      await putInPlace(context, created, archive, folder, input.ignoreRootFS)
      const copied = Boolean(input.name) || id !== archive.id
      await loadLocked(context, findContainer(context.database, id), {
        ...input,
        // The container it was copied from may still have them.
        ignoreStaticIP: input.ignoreStaticIP || copied,
        ignoreStaticMAC: input.ignoreStaticMAC || copied,
        ...(onRestored ? { onRestored } : {}),
        ...(signal ? { signal } : {}),
      })
    },
    { signal },
  )
}

async function putInPlace(
  context: Context,
  { id, config }: ContainerRecord,
  { rootMode }: ArchiveConfig,
  folder: string,
  ignoreRootFS: boolean,
): Promise<void> {
  const files = checkpointFiles(context, id)
  await rm(files.images, { recursive: true, force: true })
  await rename(path.join(folder, 'checkpoint'), files.images)
  await moveIfThere(path.join(folder, previousFolder), files.previous)
  await moveIfThere(path.join(folder, 'network.status'), files.network)
  await moveIfThere(path.join(folder, 'devshm-checkpoint.tar'), files.shm)
  if (config.rootfs === '')
    await (
      await context.layers()
    ).writeSnapshot(id, async (root, marks) => {
      if (rootMode !== undefined) await chmod(root, rootMode)
      return ignoreRootFS ? [] : await applyRootfsDiff(folder, root, marks)
    })
  // Its own log only: a path that the spec names may be anyone's file.
  if (config.log.path === '' || config.spec.log_configuration?.path) return
  await copyFile(path.join(folder, 'ctr.log'), config.log.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function moveIfThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await rename(from, to)
}
