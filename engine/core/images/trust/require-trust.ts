import { realpathSync } from 'node:fs'

import {
  type ImageSource,
  pathScopes,
  registryScopes,
  requirementsFor,
  type SourceManifest,
  splitPath,
} from '../../../image/index.ts'
import { requireAll } from './evaluate.ts'
import { readPolicy } from './policy-file.ts'

/** How a caller may choose the policy. */
export interface TrustChoice {
  /** Another policy.json. */
  policy?: string
  /** Accepts everything (`skopeo --insecure-policy`). */
  insecurePolicy?: boolean
  signal?: AbortSignal
}

/**
 * Checks by policy.json whether an image may be used. Call it with the manifest of the one platform, before anything that it refers
 * to is fetched.
 * @throws EngineError SignatureRejected, PolicyInvalid, and what reading signatures throws
 */
export async function requireTrust(source: ImageSource, manifest: SourceManifest, choice: TrustChoice = {}): Promise<void> {
  // Images in the store were checked when they were stored.
  if (choice.insecurePolicy || source.name.startsWith('containers-storage:')) return
  const policy = await readPolicy(choice.policy)
  const { transport, scopes } = scopesOf(source)
  await requireAll(requirementsFor(policy, transport, scopes), {
    name: source.name,
    digest: manifest.digest,
    ...(source.reference ? { reference: source.reference } : {}),
    signatures: async () => (await source.signatures?.(manifest.digest)) ?? [],
    ...(choice.signal ? { signal: choice.signal } : {}),
  })
}

/** Which parts of policy.json are about a source, closest first. Paths count as they really are, however they were written. */
export function scopesOf({ name, reference }: Pick<ImageSource, 'name' | 'reference'>): { transport: string; scopes: string[] } {
  const transport = name.slice(0, Math.max(0, name.indexOf(':')))
  if ((transport === 'docker' || transport === 'docker-daemon') && reference)
    return { transport, scopes: registryScopes(reference) }
  const rest = name.slice(transport.length + 1)
  if (!withPaths.includes(transport)) return { transport, scopes: [] }
  const path = realPath(transport === 'dir' ? rest : splitPath(rest).path)
  return { transport, scopes: path === undefined ? [] : pathScopes(path) }
}

const withPaths = ['dir', 'oci', 'oci-archive', 'docker-archive']

/** `undefined` where nothing is: archives that were sent have a description for a name. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
