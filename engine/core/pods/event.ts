import type { PodRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'

/** Emits an event of a pod. */
export function podEvent(context: Context, { id, name, config }: PodRecord, status: string): void {
  context.emit({ type: 'pod', status, id, name, attributes: config.labels })
}
