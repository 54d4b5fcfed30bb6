import { EngineError } from '../../errors/index.ts'
import { parseReference } from '../../image/index.ts'

/** What a login is for. */
export interface LoginKey {
  /** The key it is stored under: `registry` or `registry/path`. */
  key: string
  registry: string
  /** Below the registry; empty for all of it. */
  path: string
}

/**
 * Parses the name of a login: a registry, with a path for logins of a part of it. Other parts of a URL are dropped, as in podman.
 * @throws ImageReferenceInvalid
 */
export function parseLoginKey(text: string): LoginKey {
  const address = /^https?:\/\/([^/]*)/i.exec(text)
  const key = address ? address[1]! : text.replace(/\/$/, '')
  const slash = key.indexOf('/')
  const registry = slash < 0 ? key : key.slice(0, slash)
  const path = slash < 0 ? '' : key.slice(slash + 1)
  let valid = /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]{1,5})?$/.test(registry)
  if (valid && path !== '') valid = isRepository(key)
  if (!valid)
    throw new EngineError(
      'ImageReferenceInvalid',
      `parse reference from ${JSON.stringify(text.slice(0, 300))}: invalid reference format`,
      {
        details: { reference: text.slice(0, 300) },
      },
    )
  const hub = registry === 'index.docker.io' || registry === 'registry-1.docker.io'
  return hub ? { key: path === '' ? 'docker.io' : `docker.io/${path}`, registry: 'docker.io', path } : { key, registry, path }
}

function isRepository(key: string): boolean {
  try {
    const { registry, tag, digest } = parseReference(key)
    return registry !== undefined && tag === undefined && digest === undefined
  } catch {
    return false
  }
}
