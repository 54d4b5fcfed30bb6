import { mkdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import type { ContainerSpec, Output, Parsed } from '../../contract/index.ts'
import { containerFields } from '../../contract/spec-fields/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { checkName } from '../../spec/name.ts'
import {
  type ContainerConfig,
  type ContainerImage,
  type ContainerRecord,
  type Database,
  findContainer,
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
import { findNetwork } from '../networks/find.ts'
import { containerPaths } from '../paths.ts'
import { insertWithVolumes } from '../volumes/make.ts'
import { containerEvent } from './records/event.ts'
import { checkFields } from './resolve/check-fields.ts'
import { imageFacts, type ImageFacts } from './resolve/image.ts'
import { withConfDefaults } from './resolve/conf-defaults.ts'
import { checkPidFiles } from './resolve/pid-files.ts'
import { withPodMounts } from './resolve/pod-mounts.ts'
import { resolveConfig } from './resolve/resolve-config.ts'

/** Creates a container: its file system, its volumes and its row. On failure nothing is left. */
export async function create(context: Context, input: Parsed<'container.create'>): Promise<Output<'container.create'>> {
  const { record, warnings } = await createContainer(context, input.body)
  return { Id: record.id, Warnings: warnings }
}

export interface CreateExtra {
  id?: string
  /** A pod's infra container, which holds the namespaces of the others. */
  isInfra?: boolean
  /** The pod, where it is not named by the spec. */
  podId?: string
  /** What is shown as the image of a container whose `rootfs` is the engine's own. */
  image?: ContainerImage
}

/** {@link create} for other parts of the engine. */
export async function createContainer(
  context: Context,
  asked: ContainerSpec,
  extra: CreateExtra = {},
): Promise<{ record: ContainerRecord; warnings: string[] }> {
  const ignored = checkFields(containerFields, 'container', asked)
  checkPidFiles(asked)
  const id = extra.id ?? randomId()
  if (asked.name) checkName(asked.name)
  const podName = extra.podId ?? asked.pod
  const pod = podName ? findPod(context.database, podName) : undefined
  // A pod's own container holds its namespaces and does nothing: defaults are for those that do.
  const own = extra.isInfra ? asked : withConfDefaults(asked, await context.conf())
  const spec = pod && !extra.isInfra ? withPodMounts(own, pod.config.spec) : own
  const found = await imageFacts(context, spec)
  const image = extra.image ? { ...found, image: extra.image } : found
  if (image.rootfs !== '') checkRootfs(image.rootfs)
  const { config, warnings } = await resolveConfig(context, id, spec, image, pod, extra.isInfra ?? false)
  for (const name of Object.keys(config.networks)) await findNetwork(context, name)
  const needs = neededBy(context, spec, config)
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
    await withSharedLock(context, async () => {
      await makeFiles(context, id, image)
      await insertWithVolumes(context, config.mounts, () => {
        record.name ||= inventName(context.database)
        if (pod) findPod(context.database, pod.id)
        // Layers are kept as long as a row needs them; an image removed meanwhile fails the create.
        if (found.image) requireImage(context.database, found.image.id)
        insertContainer(context.database, record, needs)
      })
    })
    containerEvent(context, record, 'create')
    return { record, warnings: [...ignored, ...warnings] }
  } catch (error) {
    await (await context.layers()).removeSnapshot(id).catch(() => {})
    await rm(paths.folder, { recursive: true, force: true })
    throw error
  }
}

/** Ids of the containers whose namespaces it joins, and of those it requires (`--requires`). */
function neededBy({ database }: Context, spec: ContainerSpec, { namespaces }: ContainerConfig): string[] {
  const joined = Object.values(namespaces).flatMap(({ mode, value }) =>
    value && (mode === 'container' || mode === 'pod') ? [value] : [],
  )
  return [...new Set([...joined, ...(spec.dependencyContainers ?? []).map((name) => requiredContainer(database, name))])]
}

function requiredContainer(database: Database, name: string): string {
  try {
    return findContainer(database, name).id
  } catch (error) {
    if (!EngineError.is(error)) throw error
    const message = `"${name}" is not a valid container, cannot be used as a dependency: ${error.message}`
    throw new EngineError(error.code, message, { details: error.details, cause: error })
  }
}

async function makeFiles(context: Context, id: string, image: ImageFacts): Promise<void> {
  const paths = containerPaths(context, id)
  for (const folder of [paths.bundle, path.dirname(paths.log)]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (image.rootfs !== '') return
  const layers = await context.layers()
  await requireUsable(context, image.parent)
  await layers.createSnapshot(id, { parent: image.parent as never })
}

function checkRootfs(rootfs: string): void {
  if (path.isAbsolute(rootfs) && statSync(rootfs, { throwIfNoEntry: false })?.isDirectory()) return
  throw new EngineError('InvalidArgument', `The root file system ${rootfs} is not a folder; give the absolute path of one.`, {
    details: { rootfs },
  })
}
