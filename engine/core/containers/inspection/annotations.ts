import { byName } from '../../../spec/pair.ts'
import type { ContainerRecord } from '../../../store/index.ts'

/** What the engine adds when a container is initialized. */
const ofRuns = new Set([
  'io.container.manager',
  'org.opencontainers.image.stopSignal',
  'org.systemd.property.KillSignal',
  'org.systemd.property.TimeoutStopUSec',
])

/** A container's annotations as libpod shows them: those of its runs from the first run on, `null` for none. */
export function inspectAnnotations({ config: { annotations }, state }: ContainerRecord): Record<string, string> | null {
  if (state.status !== 'created') return byName(annotations)
  const own = Object.entries(annotations).filter(([name]) => !ofRuns.has(name))
  return own.length === 0 ? null : byName(Object.fromEntries(own))
}
