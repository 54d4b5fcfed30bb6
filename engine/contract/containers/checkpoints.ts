import * as v from 'valibot'

import { Anything, Integer, Name, Off, Texts } from '../fields.ts'
import { operation } from '../operation.ts'
import { path, withRef } from './container-ref.ts'

/** The new container's name; the archive's own where it is not given. */
const newName = v.optional(v.string())

/** What a container that is made from an archive or a checkpoint image may be given. */
const forImports = {
  /** Grants the privileges that the archive asks for; without it such an archive is refused. */
  privileged: Off,
  pod: v.optional(v.string()),
  publishPorts: v.optional(Texts),
}

/** What is saved, and whether the container goes on. */
const whatIsSaved = {
  keep: Off,
  leaveRunning: Off,
  tcpEstablished: Off,
  fileLocks: Off,
  /** Saves the memory alone, for a checkpoint `withPrevious` that then saves what changed since; the container runs on. */
  preCheckpoint: Off,
  withPrevious: Off,
  ignoreRootFS: Off,
  ignoreVolumes: Off,
}

/** How a container is started from what was saved. */
const howRestored = {
  keep: Off,
  tcpEstablished: Off,
  /** Connections that were open are restored closed: a checkpoint with some can then be restored more than once. */
  tcpClose: Off,
  fileLocks: Off,
  ignoreStaticIP: Off,
  ignoreStaticMAC: Off,
  ignoreRootFS: Off,
  ignoreVolumes: Off,
}

/** Saving the state of a running container, and starting one from it. */
export const checkpointOperations = {
  'container.checkpoint': operation({
    kind: 'call',
    method: 'POST',
    path: path('checkpoint'),
    summary: 'Save the state of a running container to its own store, and stop it',
    input: withRef({
      ...whatIsSaved,
      printStats: Off,
      /** The name of an image to make of the checkpoint besides: one layer with what an exported archive holds. */
      createImage: v.optional(v.string()),
    }),
    output: () =>
      v.looseObject({
        Id: v.string(),
        runtime_checkpoint_duration: v.optional(v.number()),
        criu_statistics: v.optional(v.nullable(Anything)),
      }),
    errors: [
      'ContainerNotFound',
      'ContainerStateInvalid',
      'CheckpointFailed',
      'CheckpointInvalid',
      'CheckpointNeedsRoot',
      'ImageReferenceInvalid',
      'NotSupported',
      'ProgramMissing',
    ],
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
      ...whatIsSaved,
    }),
    output: () => Anything,
    firstByte: 'item',
    errors: [
      'ContainerNotFound',
      'ContainerStateInvalid',
      'CheckpointFailed',
      'CheckpointInvalid',
      'CheckpointNeedsRoot',
      'NotSupported',
      'ProgramMissing',
    ],
  }),
  'container.restore': operation({
    kind: 'call',
    method: 'POST',
    path: '/libpod/containers/{container}/restore',
    summary: 'Start a container from the state saved in its own store, or make and start one from a checkpoint image',
    input: v.object({
      /** A container, or where none has this name a checkpoint image. */
      container: Name,
      ...howRestored,
      printStats: Off,
      ...forImports,
      name: newName,
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
      'CheckpointPrivileged',
      'ContainerExists',
      'ImageNotFound',
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
      ...howRestored,
      ...forImports,
      name: newName,
      /**
       * How many bytes at the beginning of the body are the archive of a pre-checkpoint, which the one after it, made
       * `withPrevious`, goes on from.
       */
      previousBytes: v.optional(v.pipe(Integer, v.minValue(1))),
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
