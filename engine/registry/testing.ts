import { afterEach, beforeEach } from 'vitest'

import type { RegistryOptions } from './options.ts'
import { openRepository, type Repository } from './client.ts'
import { type FakeRegistry, startFakeRegistry } from './fake/fake-registry.ts'
import type { Source } from './config/sources.ts'

/**
 * A fake registry for each test of a file, closed after it.
 * @param begin is given it before the test.
 * @returns opens its repository `a/b`, or another one, which is closed after the test as well.
 */
export function registryPerTest(
  begin: (registry: FakeRegistry) => void,
): (options: RegistryOptions, source?: Partial<Source>) => Repository {
  let registry: FakeRegistry
  let opened: Repository[] = []
  beforeEach(async () => {
    registry = await startFakeRegistry()
    begin(registry)
  })
  afterEach(async () => {
    for (const each of opened) each.close()
    opened = []
    await registry.close()
  })
  return (options, source = {}) => {
    const repository = openRepository({ registry: registry.name, repository: 'a/b', insecure: true, ...source }, options)
    opened.push(repository)
    return repository
  }
}
