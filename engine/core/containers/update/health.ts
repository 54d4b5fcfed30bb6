import { stopHealthTimer } from '../../../adapters/health-timer.ts'
import type { ContainerSpec } from '../../../contract/index.ts'
import { type ContainerConfig, type ContainerRecord, updateState } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { beginHealth, healthFolder } from '../health/begin.ts'
import { isLive } from '../lifecycle/transitions.ts'
import { resolveHealth } from '../resolve/health.ts'
import { imageFacts } from '../resolve/image.ts'

/** Fields that lead to the health check. */
const fields = [
  'healthconfig',
  'startupHealthConfig',
  'health_check_on_failure_action',
  'healthLogDestination',
  'healthMaxLogCount',
  'healthMaxLogSize',
] as const

export const changesHealth = (given: ContainerSpec): boolean => fields.some((field) => given[field] !== undefined)

/** What is checked after an update; the image's check fills what the request leaves open. @throws EngineError `InvalidArgument`. */
export async function updatedHealth(
  context: Context,
  { image }: Pick<ContainerConfig, 'image'>,
  spec: ContainerSpec,
): Promise<Pick<ContainerConfig, 'health'>> {
  const ofImage = image ? (await imageFacts(context, { image: image.id })).healthcheck : undefined
  const health = resolveHealth(spec, ofImage)
  return { health }
}

/** Checks what runs by its new settings from now on; its lock must be held. */
export async function beginAgain(context: Context, record: ContainerRecord): Promise<void> {
  if (!isLive(record)) return
  await stopHealthTimer(healthFolder(context, record.id))
  const { health } = record.config
  await context.database.transaction(() => updateState(context.database, record.id, { health: health ? 'starting' : undefined }))
  await beginHealth(context, record)
}
