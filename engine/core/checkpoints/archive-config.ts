import * as v from 'valibot'

import { ContainerSpec } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import type { ContainerRecord } from '../../store/index.ts'

const Id = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** `config.dump` of an archive: what the container is, so that one like it can be created. */
const ArchiveConfig = v.object({
  format: v.literal('berth-checkpoint-1'),
  id: Id,
  name: v.string(),
  created: v.string(),
  image: v.nullable(v.object({ id: v.string(), name: v.string(), digest: v.string() })),
  spec: ContainerSpec,
  /** Whose files are in the archive, and where the container has them: a new container's anonymous ones have other names. */
  volumes: v.optional(v.array(v.object({ name: v.string(), destination: v.string() })), []),
  /** The mode of its root folder, where that is not the image's. */
  rootMode: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0o7777))),
})
export type ArchiveConfig = v.InferOutput<typeof ArchiveConfig>

export function archiveConfig(
  { id, name, created, config }: ContainerRecord,
  volumes: ArchiveConfig['volumes'] = [],
): ArchiveConfig {
  return { format: 'berth-checkpoint-1', id, name, created, image: config.image, spec: config.spec, volumes }
}

/** @throws EngineError `CheckpointInvalid`. */
export function parseArchiveConfig(document: unknown): ArchiveConfig {
  const result = v.safeParse(ArchiveConfig, document)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new EngineError(
    'CheckpointInvalid',
    `The archive is not a checkpoint: ${v.getDotPath(issue) ?? 'config.dump'} in its config.dump is not valid: ${issue.message}`,
  )
}
