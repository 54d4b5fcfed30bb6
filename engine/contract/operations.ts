import { artifactOperations } from './artifacts.ts'
import { auditOperations } from './audit.ts'
import { archiveOperations } from './containers/archive.ts'
import { attachOperations } from './containers/attach.ts'
import { containerChanges } from './containers/changes.ts'
import { checkpointOperations } from './containers/checkpoints.ts'
import { commitOperations } from './containers/commit.ts'
import { execOperations } from './containers/exec.ts'
import { healthOperations } from './containers/health.ts'
import { containerLifecycleOperations } from './containers/lifecycle.ts'
import { logOperations } from './containers/logs.ts'
import { processOperations } from './containers/processes.ts'
import { containerQueries } from './containers/queries.ts'
import { imageArchiveOperations } from './images/archives.ts'
import { imageChanges } from './images/changes.ts'
import { copyOperations } from './images/copy.ts'
import { pullOperations } from './images/pull.ts'
import { pushOperations } from './images/push.ts'
import { imageQueries } from './images/queries.ts'
import { remoteImageOperations } from './images/remote.ts'
import { manifestOperations } from './manifests.ts'
import { networkOperations } from './networks.ts'
import type { Operation } from './operation.ts'
import { podOperations } from './pods.ts'
import { registryOperations } from './registries.ts'
import { secretOperations } from './secrets.ts'
import { systemMaintenance } from './system/maintenance.ts'
import { systemQueries } from './system/queries.ts'
import { taskOperations } from './tasks.ts'
import { trustOperations } from './trust.ts'
import { usageOperations } from './usage.ts'
import { volumeOperations } from './volumes.ts'

/** Every operation of the engine, by name. More specific paths come before those that could swallow them. */
export const operations = {
  ...systemQueries,
  ...systemMaintenance,
  ...networkOperations,
  ...secretOperations,
  ...volumeOperations,
  ...containerQueries,
  ...logOperations,
  ...containerLifecycleOperations,
  ...archiveOperations,
  ...containerChanges,
  ...commitOperations,
  ...attachOperations,
  ...processOperations,
  ...healthOperations,
  ...checkpointOperations,
  ...execOperations,
  ...podOperations,
  ...registryOperations,
  ...pushOperations,
  ...imageArchiveOperations,
  ...copyOperations,
  ...remoteImageOperations,
  ...trustOperations,
  ...pullOperations,
  ...imageQueries,
  ...imageChanges,
  ...manifestOperations,
  ...artifactOperations,
  ...auditOperations,
  ...taskOperations,
  ...usageOperations,
} as const satisfies Record<string, Operation>

/** All names, in the order of the table. */
export const operationNames = Object.keys(operations) as (keyof typeof operations)[]
