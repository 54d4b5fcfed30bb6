import { sendDatagram } from '../../../lib/sys/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'

/** Tells the service manager which process to watch, and with `conmon` that it is ready. A container says that itself, through its monitor. */
export function tellStarted(context: Context, record: ContainerRecord): void {
  const { notify } = record.config
  if (!notify) return
  const ready = notify.mode === 'conmon' ? '\nREADY=1' : ''
  tell(context, record, `MAINPID=${record.state.conmonPid}${ready}`)
}

/** A service manager that is gone is no reason not to run. */
export function tell(context: Context, { id, config }: ContainerRecord, text: string): void {
  try {
    sendDatagram(config.notify?.socket ?? '', text)
  } catch (error) {
    context.log.warn('the service manager cannot be told about a container', { object: id, reason: (error as Error).message })
  }
}
