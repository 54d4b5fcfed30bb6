import type { RegistryOptions } from './client.ts'
import { openSession } from './session.ts'

/**
 * Asks a registry whether it takes a login; one that wants none takes any.
 * @throws RegistryUnauthorized, RegistryUnreachable, RegistryCertificate, RegistryThrottled, RegistryProtocol, Cancelled
 */
export async function checkLogin(registry: string, insecure: boolean, options: RegistryOptions): Promise<void> {
  const session = openSession({ registry, repository: '', insecure }, options)
  try {
    const answer = await session.ask('/v2/')
    answer.body.destroy()
  } finally {
    session.close()
  }
}
