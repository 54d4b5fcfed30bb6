import type { Output } from '../../contract/index.ts'
import type { EventLine } from '../../store/index.ts'
import { parseRfc3339 } from '../time/nanos.ts'

/** An event as libpod's API writes it: Docker's fields and the older ones. */
export function toApiEvent(line: EventLine): Output<'system.events'> {
  const nanos = parseRfc3339(line.Time) ?? 0n
  const attributes: Record<string, string> = { ...line.Attributes, image: line.Image, name: line.Name, podId: line.PodID ?? '' }
  if (line.ContainerExitCode !== undefined) attributes['containerExitCode'] = String(line.ContainerExitCode)
  return {
    status: line.Status,
    ...(line.ID === '' ? {} : { id: line.ID }),
    ...(line.Image === '' ? {} : { from: line.Image }),
    Type: line.Type,
    Action: line.Status,
    Actor: { ID: line.ID, Attributes: attributes },
    scope: 'local',
    time: Number(nanos / 1_000_000_000n),
    timeNano: Number(nanos),
    ...(line.health_status === undefined ? {} : { HealthStatus: line.health_status }),
    ...(line.health_failing_streak === undefined ? {} : { HealthFailingStreak: line.health_failing_streak }),
    ...(line.health_log === undefined ? {} : { HealthLog: line.health_log }),
  }
}
