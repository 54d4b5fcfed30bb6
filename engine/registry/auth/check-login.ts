import type { RegistryOptions } from '../options.ts'
import { openSession } from '../http/session.ts'

/**
 * Checks a login with a registry; one without authentication accepts any.
 * @throws RegistryUnauthorized, RegistryUnreachable, RegistryCertificate, RegistryThrottled, RegistryProtocol, Cancelled
 */
export async function checkLogin(registry: string, insecure: boolean, options: RegistryOptions): Promise<void> {
  const session = openSession({ registry, repository: '', insecure }, options)
  try {
    const response = await session.send('/v2/')
    response.body.destroy()
  } finally {
    session.close()
  }
}
