import type { NetworkInfo } from '../../adapters/netavark.ts'
import type { ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Emits an event of a network: `create`, `remove`, and with a container `connect` or `disconnect`. */
export function networkEvent(
  context: Context,
  { id, name, driver }: NetworkInfo,
  status: 'create' | 'remove' | 'update' | 'connect' | 'disconnect',
  container?: Pick<ContainerRecord, 'id'>,
): void {
  const attributes = { driver, network: name, ...(container ? { container: container.id } : {}) }
  context.emit({ type: 'network', status, id, name, attributes })
}
