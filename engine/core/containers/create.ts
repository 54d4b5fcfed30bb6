import { mkdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'

import type { ContainerSpec, Output, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import {
  checkName,
  type ContainerImage,
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
import { whileKeeping } from '../images/store.ts'
import { findNetwork } from '../networks/find.ts'
import { containerPaths } from '../paths.ts'
import { containerEvent } from './event.ts'
import { imageFacts, type ImageFacts } from './resolve/image.ts'
import { resolveConfig } from './resolve/resolve-config.ts'
import { ensureVolumes } from './volumes.ts'

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
  spec: ContainerSpec,
  extra: CreateExtra = {},
): Promise<{ record: ContainerRecord; warnings: string[] }> {
  const id = extra.id ?? randomId()
  if (spec.name) checkName(spec.name)
  const podName = extra.podId ?? spec.pod
  const pod = podName ? findPod(context.database, podName) : undefined
  const found = await imageFacts(context, spec)
  const image = extra.image ? { ...found, image: extra.image } : found
  if (image.rootfs !== '') checkRootfs(image.rootfs)
  const { config, warnings } = await resolveConfig(context, id, spec, image, pod, extra.isInfra ?? false)
  for (const name of Object.keys(config.networks)) await findNetwork(context, name)
  const needs = [
    ...new Set(
      Object.values(config.namespaces).flatMap(({ mode, value }) =>
        value && (mode === 'container' || mode === 'pod') ? [value] : [],
      ),
    ),
  ]
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
    // Whoever removes what killed processes left holds this lock alone, so that files without a row are nobody's.
    await whileKeeping(context, async () => {
      await makeFiles(context, id, image)
      await context.database.transaction(() => {
        record.name ||= inventName(context.database)
        if (pod) findPod(context.database, pod.id)
        // Layers of an image are kept as long as a row needs them, so whoever removed it meanwhile wins.
        if (found.image) requireImage(context.database, found.image.id)
        ensureVolumes(context, config.mounts)
        insertContainer(context.database, record, [...needs, ...(spec.dependencyContainers ?? [])])
      })
    })
    containerEvent(context, record, 'create')
    return { record, warnings }
  } catch (error) {
    await (await context.layers()).removeSnapshot(id).catch(() => {})
    await rm(paths.folder, { recursive: true, force: true })
    throw error
  }
}

async function makeFiles(context: Context, id: string, image: ImageFacts): Promise<void> {
  const paths = containerPaths(context, id)
  for (const folder of [paths.bundle, path.dirname(paths.log)]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (image.rootfs !== '') return
  const layers = await context.layers()
  await requireUsable(context, image.parent)
  layers.createSnapshot(id, { parent: image.parent as never })
}

function checkRootfs(rootfs: string): void {
  if (path.isAbsolute(rootfs) && statSync(rootfs, { throwIfNoEntry: false })?.isDirectory()) return
  throw new EngineError('InvalidArgument', `The root file system ${rootfs} is not a folder; give the absolute path of one.`, {
    details: { rootfs },
  })
}
