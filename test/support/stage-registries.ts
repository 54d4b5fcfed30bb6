import { join } from 'node:path'
import { type Registry, type RegistryOptions, startRegistry } from './registry.ts'

/** Who may use the registry with a password. */
export const registryLogin = { name: 'tester', password: 'a secret' }

/**
 * Starts the three registries of a stage, with what they held before.
 * @param started gets each as it starts, so that a failure leaves none.
 * @param ports where they listen, if that matters.
 */
export async function startStageRegistries(
  folder: string,
  started: Registry[],
  ports: number[] = [],
): Promise<[Registry, Registry, Registry]> {
  const kinds: [string, RegistryOptions][] = [
    ['registry', {}],
    ['secure', { login: registryLogin, tls: 'good' }],
    ['expired', { tls: 'expired' }],
  ]
  const starting = kinds.map(async ([name, options], i) => {
    const registry = await startRegistry(join(folder, name), { ...options, ...(ports[i] ? { port: ports[i] } : {}) })
    started.push(registry)
    return registry
  })
  await Promise.allSettled(starting)
  const [plain, secure, expired] = await Promise.all(starting)
  return [plain!, secure!, expired!]
}
