import type { ContainerSpec } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import type { ContainerConfig, ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { type ContainerPlan, planContainer } from '../resolve/plan.ts'
import { withKept } from './kept.ts'
import { mergeSpec, type SpecChange, specChanges } from './merge-spec.ts'

/** What an edit makes of a container. */
export interface EditPlan {
  changes: SpecChange[]
  config: ContainerConfig
  name: string
  plan: ContainerPlan
  /** It gets a file system of its new image; else it keeps the files that it wrote. */
  newFiles: boolean
}

/** Fields that are fixed for as long as a container is there. */
const fixed: Readonly<Record<string, string>> = {
  pod: 'a container stays in its pod; clone it into another one',
  namespace: 'all containers of a store are in one namespace',
}

/**
 * Resolves what a container becomes with some fields of its request replaced. Changes nothing.
 *
 * @param reset names of fields that get their default again.
 * @throws EngineError what `container.create` throws; `NotSupported` for a field that cannot be changed.
 */
export async function planEdit(
  context: Context,
  record: ContainerRecord,
  given: ContainerSpec,
  reset: readonly string[] = [],
): Promise<EditPlan> {
  refuseFixed(record, given, reset)
  const { config: before } = record
  const { containerCreateCommand: _, ...changed } = given
  const spec = { ...mergeSpec(before.spec, changed, reset), name: changed.name || record.name }
  const changes = specChanges({ ...before.spec, name: record.name }, spec)
  const plan = await planContainer(context, record.id, spec, {
    ...(record.pod === null ? {} : { podId: record.pod }),
    ...(before.image && sameImage(before.spec, spec) ? { keptImage: before.image } : {}),
  })
  const newFiles = (plan.config.image?.id ?? '') !== (before.image?.id ?? '') || plan.config.rootfs !== before.rootfs
  const kept = withKept(before, plan.config)
  const config = newFiles || before.snapshot === undefined ? kept : { ...kept, snapshot: before.snapshot }
  return { changes, config, name: spec.name, plan, newFiles }
}

function refuseFixed({ id, config }: ContainerRecord, given: ContainerSpec, reset: readonly string[]): void {
  if (config.isInfra) {
    const message = `container ${id} is the infra container of a pod, which cannot be edited; create the pod again.`
    throw new EngineError('NotSupported', message, { details: { container: id } })
  }
  for (const [field, reason] of Object.entries(fixed)) {
    if (!given[field] && !reset.includes(field)) continue
    throw new EngineError('NotSupported', `The field ${field} of a container cannot be edited: ${reason}.`, {
      details: { field },
    })
  }
}

function sameImage(before: ContainerSpec, after: ContainerSpec): boolean {
  const fields = ['image', 'raw_image_name', 'rootfs', 'image_os', 'image_arch', 'image_variant'] as const
  return fields.every((field) => (before[field] || '') === (after[field] || ''))
}
