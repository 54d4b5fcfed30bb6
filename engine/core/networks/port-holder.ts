import { EngineError } from '../../errors/index.ts'
import { allContainers, type ContainerRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { warnOfDamage } from '../damaged-records.ts'
import { toRuns } from './ports.ts'

/** Does what may find a port in use, and then says which container of this store has it. */
export function namingHolder<T>(context: Context, container: ContainerRecord, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw withHolder(context, container, error)
  }
}

/** The error for a port in use, with the name of the container that has it where that is one of this store's. */
export function withHolder(context: Context, { id }: ContainerRecord, error: unknown): unknown {
  if (!EngineError.is(error, 'PortInUse')) return error
  const { port, protocol } = error.details as { port?: number; protocol?: string }
  const holder = allContainers(context.database, warnOfDamage(context)).find(
    (other) =>
      other.id !== id &&
      other.state.netnsPath !== '' &&
      // A damaged record may lack them.
      toRuns((other.config as Partial<typeof other.config>).ports ?? []).some(
        (run) => run.protocol === protocol && port !== undefined && port >= run.hostPort && port < run.hostPort + run.range,
      ),
  )
  if (!holder) return error
  return new EngineError(
    'PortInUse',
    `The host port ${port}/${protocol} is already published by the container ${holder.name}; choose another one or stop that container.`,
    { details: { ...error.details, container: holder.id }, cause: error },
  )
}
