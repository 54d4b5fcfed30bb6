import * as v from 'valibot'

import { Anything, Name, Off, Texts } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

/** Saving the state of a running container, and starting one from it. */
export const checkpointOperations = {
  'container.checkpoint': operation({
    kind: 'call',
    method: 'POST',
    path: path('checkpoint'),
    summary: 'Save the state of a running container to its own store, and stop it',
    input: withRef({
      keep: Off,
      leaveRunning: Off,
      tcpEstablished: Off,
      fileLocks: Off,
      preCheckpoint: Off,
      withPrevious: Off,
      ignoreRootFS: Off,
      ignoreVolumes: Off,
      printStats: Off,
    }),
    output: () =>
      v.looseObject({
        Id: v.string(),
        runtime_checkpoint_duration: v.optional(v.number()),
        criu_statistics: v.optional(v.nullable(Anything)),
      }),
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'CheckpointFailed', 'CheckpointNeedsRoot', 'ProgramMissing'],
  }),
  'container.checkpointExport': operation({
    kind: 'stream',
    format: 'bytes',
    method: 'POST',
    path: path('checkpoint'),
    fixed: { export: 'true' },
    summary: 'Save the state of a running container as an archive',
    input: withRef({
      compress: v.optional(v.picklist(['zstd', 'gzip', 'none']), 'zstd'),
      keep: Off,
      leaveRunning: Off,
      tcpEstablished: Off,
      fileLocks: Off,
      ignoreRootFS: Off,
      ignoreVolumes: Off,
    }),
    output: () => Anything,
    firstByte: 'item',
    errors: ['ContainerNotFound', 'ContainerStateInvalid', 'CheckpointFailed', 'CheckpointNeedsRoot', 'ProgramMissing'],
  }),
  'container.restore': operation({
    kind: 'call',
    method: 'POST',
    path: path('restore'),
    summary: 'Start a container from the state saved in its own store',
    input: withRef({
      keep: Off,
      tcpEstablished: Off,
      /** Connections that were open are restored closed: a checkpoint with some can then be restored more than once. */
      tcpClose: Off,
      fileLocks: Off,
      ignoreStaticIP: Off,
      ignoreStaticMAC: Off,
      ignoreRootFS: Off,
      ignoreVolumes: Off,
      printStats: Off,
    }),
    output: () =>
      v.looseObject({
        Id: v.string(),
        runtime_restore_duration: v.optional(v.number()),
        criu_statistics: v.optional(v.nullable(Anything)),
      }),
    errors: [
      'ContainerNotFound',
      'ContainerStateInvalid',
      'CheckpointFailed',
      'CheckpointInvalid',
      'CheckpointNeedsRoot',
      'ProgramMissing',
    ],
  }),
  'container.restoreImport': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/containers/{container}/restore',
    fixed: { import: 'true' },
    summary: 'Make and start a container from a checkpoint archive',
    audit: { object: ['name'], kind: 'none', made: 'Id' },
    input: v.object({
      /** Names nothing: libpod's client writes `import`. */
      container: Name,
      /** The new container's name; the archive's own where it is not given. */
      name: v.optional(v.string()),
      keep: Off,
      tcpEstablished: Off,
      /** Connections that were open are restored closed: a checkpoint with some can then be restored more than once. */
      tcpClose: Off,
      fileLocks: Off,
      ignoreStaticIP: Off,
      ignoreStaticMAC: Off,
      ignoreRootFS: Off,
      ignoreVolumes: Off,
      /** Grants the privileges that the archive asks for; without it such an archive is refused. */
      privileged: Off,
      pod: v.optional(v.string()),
      publishPorts: v.optional(Texts),
    }),
    body: 'bytes',
    output: () => v.looseObject({ Id: v.string() }),
    errors: [
      'ContainerExists',
      'CheckpointFailed',
      'CheckpointInvalid',
      'CheckpointNeedsRoot',
      'CheckpointPrivileged',
      'ImageNotFound',
      'ProgramMissing',
    ],
  }),
}
