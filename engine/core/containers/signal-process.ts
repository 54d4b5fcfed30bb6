import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { holdProcess } from '../../lib/sys/index.ts'
import { signalNumber } from '../../spec/signal.ts'
import type { Context } from '../context.ts'
import { topProcesses } from '../top/table.ts'
import { kill } from './kill.ts'
import { requirePermitted } from './lifecycle/transitions.ts'
import { containerEvent } from './records/event.ts'
import { locate } from './records/locate.ts'

/**
 * Sends a signal to one process of a container, and to no other: it is held by a descriptor before it is looked up a second time, so
 * that its number cannot have become another's. The first process is signalled as `container.kill` does.
 */
export async function signalProcess(context: Context, input: Parsed<'container.signalProcess'>): Promise<void> {
  const { name, pid, signal } = input
  const number = signalNumber(signal)
  const record = await locate(context, name)
  requirePermitted('kill', record)
  const find = (): number | undefined => topProcesses(context, record).find(({ innerPid }) => innerPid === String(pid))?.pid
  const found = find()
  if (found === undefined) throw gone(name, pid)
  if (found === record.state.pid) return kill(context, { name, signal })
  using held = holdProcess(found)
  if (held === undefined || find() !== found || !held.signal(number)) throw gone(name, pid)
  containerEvent(context, record, 'kill', { attributes: { signal: String(number), pid: String(pid) } })
}

const gone = (name: string, pid: number): EngineError =>
  new EngineError('ProcessNotFound', `There is no process ${pid} in container ${name} any more.`, { details: { pid } })
