import type { SecretRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { driverOf } from './drivers/index.ts'

/** A secret's value, from its driver. @throws EngineError `SecretDriverFailed`. */
export async function secretValue(
  context: Pick<Context, 'root' | 'identity'>,
  secret: SecretRecord,
  signal?: AbortSignal,
): Promise<Buffer> {
  return (await driverOf(context, secret)).lookUp(secret.id, signal)
}
