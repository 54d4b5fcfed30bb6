import { EngineError } from '../../errors/index.ts'
import type { CallOptions, Parsed } from '../../contract/index.ts'
import { hostPlatform } from '../../image/index.ts'
import { type ContainerRecord, findContainer, timestamp } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { ImportedLayer } from '../images/archive/imported-layer.ts'
import { fetchImage } from '../images/pulls/fetch.ts'
import { reportProgress } from '../images/pulls/pull-progress.ts'
import { localName } from '../images/resolve/names.ts'
import { resolveImage } from '../images/resolve/resolve-image.ts'
import { openStoreSource } from '../images/transports/store-source.ts'
import type { Verb } from '../verb.ts'
import { type CommitFacts, committedSource } from './commit/documents.ts'
import { type CommittedConfig, containerConfig } from './commit/image-config.ts'
import { applyChanges, maintainerOf } from './commit/instructions.ts'
import { containerLayer } from './commit/layer.ts'
import { overrideConfig } from './commit/override.ts'
import { freezeLocked, thawLocked } from './lifecycle/freeze.ts'
import { loadReconciled } from './lifecycle/reconcile.ts'
import { isRunning, requirePermitted } from './lifecycle/transitions.ts'
import { containerEvent } from './records/event.ts'

/** Makes an image of a container: the layers of its own image, and one with what the container changed. */
export const commit: Verb<'container.commit'> = async (context, input, options) => ({
  Id: await commitContainer(context, input, options),
})

/**
 * {@link commit} for callers that want the id alone. On failure nothing of the image is left.
 *
 * @returns the image's id.
 */
export async function commitContainer(
  context: Context,
  input: Parsed<'container.commit'>,
  { signal = new AbortController().signal, progress }: CallOptions,
): Promise<string> {
  if (input.comment && input.format === 'oci') {
    const message = 'messages are only compatible with the docker image format (-f docker)'
    throw new EngineError('InvalidArgument', message, { details: { field: 'comment' } })
  }
  const names = input.repo ? [localName(input.repo, input.tag)] : []
  const { id } = findContainer(context.database, input.container)
  const record = await loadForCommit(context, id)
  const base = await openBase(context, record, signal)
  try {
    const facts = factsOf(record, base, input)
    const shown = reportProgress(({ stream }) => stream && progress?.(stream.trimEnd()), progress === undefined)
    for (const warning of warningsOf(facts)) shown.line(`WARNING: ${warning}`)
    const layer = await readLayer(context, id, input, signal)
    try {
      shown.line('Getting image source signatures')
      const image = await fetchImage({
        context,
        source: committedSource(layer, facts),
        names,
        wanted: { ...hostPlatform(), os: facts.base?.document.os || hostPlatform().os },
        platformNamed: false,
        progress: shown,
        signal,
        event: 'commit',
      })
      containerEvent(context, record, 'commit')
      return image.id
    } finally {
      layer.close()
    }
  } finally {
    await base?.source.close()
  }
}

async function loadForCommit(context: Context, id: string): Promise<ContainerRecord> {
  const record = await context.lock('container', id, () => loadReconciled(context, id))
  requirePermitted('commit', record)
  if (record.config.rootfs === '') return record
  throw new EngineError('InvalidArgument', 'cannot commit a container that uses an exploded rootfs', {
    details: { container: id },
  })
}

/** The container's own image, which stays in the store until its source is closed. */
async function openBase(
  context: Context,
  { config: { image } }: ContainerRecord,
  signal: AbortSignal,
): Promise<CommitFacts['base']> {
  if (!image?.id) return undefined
  const source = await openStoreSource(context, image.id, { signal })
  try {
    const { document, record } = await resolveImage(context, image.id)
    return { document, source, layers: record.facts.layers as never }
  } catch (error) {
    await source.close()
    throw error
  }
}

function factsOf(record: ContainerRecord, base: CommitFacts['base'], input: Parsed<'container.commit'>): CommitFacts {
  const config: CommittedConfig = containerConfig(record, base?.document, input.includeVolumes)
  if (input.body) overrideConfig(config, input.body)
  applyChanges(config, input.changes)
  return {
    record,
    base,
    config,
    author: input.author || maintainerOf(input.changes) || '',
    comment: input.comment ?? '',
    format: input.format,
    squash: input.squash,
    created: timestamp(),
  }
}

/** What the format has no place for. */
function warningsOf({ format, config }: CommitFacts): string[] {
  if (format === 'docker') return []
  const lost = { HEALTHCHECK: config.Healthcheck, ONBUILD: config.OnBuild, SHELL: config.Shell }
  return Object.entries(lost).flatMap(([name, value]) =>
    value === undefined || Object.keys(value).length === 0
      ? []
      : [`${name} is not supported for OCI image format and will be ignored. Must use \`docker\` format`],
  )
}

/** Reads what the container changed, under its lock: it is not removed, started or stopped meanwhile. */
async function readLayer(
  context: Context,
  id: string,
  { pause, squash }: Parsed<'container.commit'>,
  signal: AbortSignal,
): Promise<ImportedLayer> {
  return await context.lock(
    'container',
    id,
    async () => {
      const record = await loadReconciled(context, id)
      requirePermitted('commit', record)
      const freezes = pause && isRunning(record)
      if (freezes) await freezeLocked(context, record)
      try {
        return await containerLayer(context, record, { whole: squash, signal })
      } finally {
        if (freezes) await thawLocked(context, await loadReconciled(context, id))
      }
    },
    { signal },
  )
}
