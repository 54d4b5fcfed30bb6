import * as v from 'valibot'

import { EngineError } from '../../../errors/index.ts'
import type { ArchiveConfig } from '../archive-config.ts'
import { PodmanDocument, unknownFields } from './document.ts'
import { specOf } from './spec.ts'

/** Podman gives the root folder of every image this mode, and CRIU wants it as it was. */
const rootMode = 0o555

/** Whether a `config.dump` is one of podman's. */
export function isPodmanDocument(document: unknown): document is object {
  return typeof document === 'object' && document !== null && !('format' in document) && 'staticDir' in document
}

/**
 * What podman's container would be called here. It is held to the same rules as any request for a container and any archive.
 *
 * @throws EngineError `CheckpointInvalid`, also for what is not understood: left out, the container would be another one.
 */
export function podmanArchiveConfig(document: object): ArchiveConfig {
  const result = v.safeParse(PodmanDocument, document)
  if (!result.success) {
    const [issue] = result.issues
    throw new EngineError(
      'CheckpointInvalid',
      `The archive of podman's is damaged: ${v.getDotPath(issue) ?? 'config.dump'} in its config.dump is not valid: ${issue.message}`,
    )
  }
  const config = result.output
  const [unknown] = unknownFields(config)
  if (unknown !== undefined)
    throw new EngineError(
      'CheckpointInvalid',
      `The archive of podman's says ${JSON.stringify(unknown.slice(0, 100))} of its container, which cannot be taken over; restore it with podman.`,
      { details: { field: unknown.slice(0, 100) } },
    )
  const { id, name, createdTime, rootfsImageID: image, rootfsImageName: imageName, namedVolumes } = config
  return {
    format: 'berth-checkpoint-1',
    id,
    name,
    created: createdTime,
    image: image ? { id: image, name: imageName || image, digest: '' } : null,
    spec: specOf(config),
    volumes: (namedVolumes ?? []).map(({ volumeName, dest }) => ({ name: volumeName, destination: dest })),
    rootMode,
  }
}
