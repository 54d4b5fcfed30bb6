import { EngineError } from '../../../errors/index.ts'
import type { ContainerRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { locate } from './locate.ts'

/** A container and the file that keeps its output. @throws EngineError `NotSupported` where its log driver keeps none that can be read. */
export async function logFile(context: Context, name: string): Promise<{ record: ContainerRecord; file: string }> {
  const record = await locate(context, name)
  const { driver, path: file } = record.config.log
  if (driver === 'k8s-file' || driver === 'json-file') return { record, file }
  const message = `this container is using the '${driver}' log driver, cannot read logs: this container is not logging output; make it with --log-driver k8s-file to keep its output.`
  throw new EngineError('NotSupported', message, { details: { container: record.id, driver } })
}
