import type { ParsedOf, ReplyOf } from '../engine.ts'
import type { Operation } from '../operation.ts'
import { dockerContainerChanges } from './container-changes.ts'
import { dockerContainerOperations } from './containers.ts'
import { earlierManifestOperations } from './earlier-manifests.ts'
import { dockerExecOperations } from './exec.ts'
import { dockerImageTransferOperations } from './image-transfer.ts'
import { dockerImageOperations } from './images.ts'
import { dockerNetworkOperations } from './networks.ts'
import { dockerRegistryOperations } from './registry.ts'
import { dockerSecretOperations } from './secrets.ts'
import { dockerSystemOperations } from './system.ts'
import { dockerVolumeOperations } from './volumes.ts'

/**
 * Docker's API, as far as it is served, and what libpod's was before its version 4: engine/rest/compat maps each operation onto ours. They are described as ours are, and share
 * routing, validation, hijacking and OpenAPI; the engine never sees them. Named after ours where one is mapped onto one.
 */
export const dockerOperations = {
  ...dockerSystemOperations,
  ...dockerContainerOperations,
  ...dockerExecOperations,
  ...dockerNetworkOperations,
  ...dockerRegistryOperations,
  ...dockerContainerChanges,
  ...dockerImageTransferOperations,
  ...dockerImageOperations,
  ...dockerSecretOperations,
  ...dockerVolumeOperations,
  ...earlierManifestOperations,
} as const satisfies Record<`docker.${string}` | `libpod3.${string}`, Operation>

export type DockerOperations = typeof dockerOperations
export type DockerOperationName = keyof DockerOperations

/** All names, in the order of the table. */
export const dockerOperationNames = Object.keys(dockerOperations) as DockerOperationName[]

/** The input of a mapping after validation, with defaults. */
export type DockerInput<K extends DockerOperationName> = ParsedOf<DockerOperations[K]>

/** The output of a mapping, as that of an operation of ours. */
export type DockerReply<K extends DockerOperationName> = ReplyOf<DockerOperations[K]>
