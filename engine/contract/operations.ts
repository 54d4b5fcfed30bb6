import { containerOperations, execOperations } from './containers.ts'
import { imageTransferOperations } from './image-transfer.ts'
import { imageOperations } from './images.ts'
import { artifactOperations, manifestOperations } from './manifests.ts'
import type { Operation } from './operation.ts'
import { podOperations } from './pods.ts'
import { registryOperations } from './registries.ts'
import { systemOperations } from './system.ts'
import { trustOperations } from './trust.ts'

/** Every operation of the engine, by name. More specific paths come before those that could swallow them. */
export const operations = {
  ...systemOperations,
  ...containerOperations,
  ...execOperations,
  ...podOperations,
  ...registryOperations,
  ...imageTransferOperations,
  ...trustOperations,
  ...imageOperations,
  ...manifestOperations,
  ...artifactOperations,
} as const satisfies Record<string, Operation>

/** All names, in the order of the table. */
export const operationNames = Object.keys(operations) as (keyof typeof operations)[]
