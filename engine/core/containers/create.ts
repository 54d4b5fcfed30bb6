import { mkdirSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec, Output, Parsed } from '../../contract/index.ts'
import { randomId } from '../../lib/random-id.ts'
import {
  type ContainerConfig,
  type ContainerRecord,
  findPod,
  freshState,
  insertContainer,
  inventName,
  requireImage,
  timestamp,
} from '../../store/index.ts'
import type { Context } from '../context.ts'
import { requireUsable } from '../images/additional/require-usable.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import { containerPaths } from '../paths.ts'
import { insertWithVolumes } from '../volumes/make.ts'
import { containerEvent } from './records/event.ts'
import type { ImageFacts } from './resolve/image.ts'
import { planContainer, type PlanExtra } from './resolve/plan.ts'
import type { withNewIds } from './user-namespaces/new-ids.ts'
import { removeTree } from '../../lib/files/remove-tree.ts'

/** Creates a container: its file system, its volumes and its row. On failure nothing is left. */
export async function create(context: Context, input: Parsed<'container.create'>): Promise<Output<'container.create'>> {
  const { record, warnings } = await createContainer(context, input.body)
  return { Id: record.id, Warnings: warnings }
}

export interface CreateExtra extends PlanExtra {
  id?: string
}

/** {@link create} for other parts of the engine. */
export async function createContainer(
  context: Context,
  asked: ContainerSpec,
  extra: CreateExtra = {},
): Promise<{ record: ContainerRecord; warnings: string[] }> {
  const id = extra.id ?? randomId()
  const { spec, pod, imageId, facts, config, needs, warnings, automatic } = await planContainer(context, id, asked, extra)
  if (spec.init_container_type) (await import('./resolve/init-container.ts')).checkInitContainer(context, spec, pod)
  const paths = containerPaths(context, id)
  try {
    const record: ContainerRecord = {
      id,
      name: spec.name ?? '',
      created: timestamp(),
      pod: pod?.id ?? null,
      config,
      state: freshState(),
    }
    // The removal of what killed processes left takes this lock exclusively, so files without a row belong to no process.
    const make = async () => {
      await makeFiles(context, id, facts, config)
      await insertWithVolumes(context, config.mounts, () => {
        record.name ||= inventName(context.database)
        if (pod) findPod(context.database, pod.id)
        // Layers are kept as long as a row needs them; an image removed meanwhile fails the create.
        if (imageId !== undefined) requireImage(context.database, imageId)
        insertContainer(context.database, record, needs)
      })
    }
    await withSharedLock(context, () => (automatic ? withIds(context, config, { ...automatic, image: facts }, make) : make()))
    containerEvent(context, record, 'create')
    return { record, warnings }
  } catch (error) {
    await (await context.layers()).removeSnapshot(id).catch(() => {})
    await removeTree(paths.folder)
    throw error
  }
}

/** Loaded only where ids are to be chosen. */
async function withIds(...given: Parameters<typeof withNewIds<void>>): Promise<void> {
  await (await import('./user-namespaces/new-ids.ts')).withNewIds(...given)
}

async function makeFiles(context: Context, id: string, image: ImageFacts, config: ContainerConfig): Promise<void> {
  const paths = containerPaths(context, id)
  for (const folder of [paths.bundle, path.dirname(paths.log)]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  await keepSecrets(context, id, config)
  await makeSnapshot(context, id, image, config)
}

/** Copies the values of the secrets that it gets as files. */
export async function keepSecrets(context: Context, id: string, config: ContainerConfig): Promise<void> {
  if ((config.secrets ?? []).length > 0) await (await import('./mounts/secrets.ts')).copySecrets(context, id, config)
}

/** The file system of a container, on its image's layers; the shared lock of layers must be held. */
export async function makeSnapshot(
  context: Context,
  id: string,
  image: ImageFacts,
  { idMappings: ids }: { idMappings?: ContainerConfig['idMappings'] },
): Promise<void> {
  if (image.rootfs !== '') return
  const layers = await context.layers()
  await requireUsable(context, image.parent)
  await layers.createSnapshot(id, { parent: image.parent as never, ...(ids ? { ids } : {}) })
}
