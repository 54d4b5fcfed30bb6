import { statSync } from 'node:fs'
import path from 'node:path'

import type { ContainerSpec } from '../../../contract/index.ts'
import { containerFields } from '../../../contract/spec-fields/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { checkName } from '../../../spec/name.ts'
import {
  type ContainerConfig,
  type ContainerImage,
  type Database,
  findContainer,
  findPod,
  type PodRecord,
} from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { findNetwork } from '../../networks/find.ts'
import { checkFields } from './check-fields.ts'
import { imageFacts, type ImageFacts } from './image.ts'
import { withConfDefaults } from './conf-defaults.ts'
import { hasAppArmor } from './confinement.ts'
import { checkPidFiles } from './pid-files.ts'
import { withPodDefaults } from './pod-defaults.ts'
import { type Resolution, resolveConfig } from './resolve-config.ts'

export interface PlanExtra {
  /** A pod's infra container, which holds the namespaces of the others. */
  isInfra?: boolean
  /** The pod, where it is not named by the spec. */
  podId?: string
  /** What is shown as the image of a container whose `rootfs` is the engine's own. */
  image?: ContainerImage
  /** The image, whatever its name leads to now. */
  keptImage?: ContainerImage
}

/** What a container becomes. */
export interface ContainerPlan {
  /** The request, with what its pod gives all containers. */
  spec: ContainerSpec
  pod: PodRecord | undefined
  /** The image that must stay. */
  imageId: string | undefined
  facts: ImageFacts
  config: ContainerConfig
  /** Ids of the containers that it needs. */
  needs: string[]
  /** Sentences about what has no effect. */
  warnings: string[]
  /** Ids of its user namespace that are still to be chosen. */
  automatic?: Resolution['automatic']
}

/** Checks a request and resolves all of it. Changes nothing. @throws EngineError what `container.create` throws. */
export async function planContainer(
  context: Context,
  id: string,
  asked: ContainerSpec,
  extra: PlanExtra = {},
): Promise<ContainerPlan> {
  const ignored = checkFields(containerFields, 'container', asked)
  checkPidFiles(asked)
  if (asked.name) checkName(asked.name)
  const podName = extra.podId ?? asked.pod
  const pod = podName ? findPod(context.database, podName) : undefined
  // A pod's own container holds its namespaces and does nothing: defaults are for those that do.
  const own = extra.isInfra
    ? asked
    : withConfDefaults(asked, await context.conf(), () => !context.identity.rootless && hasAppArmor())
  const spec = pod && !extra.isInfra ? withPodDefaults(own, pod.config.spec) : own
  const found = await factsOf(context, spec, extra.keptImage)
  const facts = extra.image ? { ...found, image: extra.image } : found
  if (facts.rootfs !== '') checkRootfs(facts.rootfs)
  const { config, warnings, automatic } = await resolveConfig(context, id, spec, facts, pod, extra.isInfra ?? false)
  config.networks = await byName(context, config.networks, warnings)
  const needs = neededBy(context, spec, config)
  return {
    spec,
    pod,
    imageId: found.image?.id,
    facts,
    config,
    needs,
    warnings: [...ignored, ...warnings],
    ...(automatic ? { automatic } : {}),
  }
}

/** Networks by their names, however they were asked for. @throws EngineError `NetworkNotFound`, `InvalidArgument`. */
async function byName(
  context: Context,
  networks: ContainerConfig['networks'],
  warnings: string[],
): Promise<ContainerConfig['networks']> {
  const named: ContainerConfig['networks'] = {}
  for (const [asked, options] of Object.entries(networks)) {
    const { name, dns_enabled: dns } = await findNetwork(context, asked)
    if ((options.aliases ?? []).length > 0 && !dns)
      warnings.push(`The aliases on the network ${name} have no effect: it has no names (--disable-dns).`)
    named[name] = options
  }
  return named
}

async function factsOf(context: Context, spec: ContainerSpec, kept: ContainerImage | undefined): Promise<ImageFacts> {
  if (!kept) return imageFacts(context, spec)
  const { image_os: _os, image_arch: _arch, image_variant: _variant, ...rest } = spec
  return { ...(await imageFacts(context, { ...rest, image: kept.id })), image: kept }
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

function checkRootfs(rootfs: string): void {
  if (path.isAbsolute(rootfs) && statSync(rootfs, { throwIfNoEntry: false })?.isDirectory()) return
  throw new EngineError('InvalidArgument', `The root file system ${rootfs} is not a folder; give the absolute path of one.`, {
    details: { rootfs },
  })
}
