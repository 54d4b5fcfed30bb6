import type { ContainerRecord, NewEvent } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** Emits an event of a container, with its labels, as podman does. */
export function containerEvent(
  context: Context,
  record: ContainerRecord,
  status: string,
  more: Pick<NewEvent, 'exitCode' | 'attributes' | 'health'> = {},
): void {
  const { id, name, pod, config } = record
  context.emit({
    type: 'container',
    status,
    id,
    name,
    image: config.image?.name ?? config.rootfs,
    ...(pod ? { pod } : {}),
    attributes: { ...config.labels, ...more.attributes },
    exitCode: more.exitCode,
    health: more.health,
  })
}
