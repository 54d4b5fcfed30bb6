import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { type Reference, registryScopes } from '../../../image/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'
import { identity } from '../../../lib/process/identity.ts'

/** Where signatures of an image are (containers-registries.d(5)). Addresses are `file:`, `http:` or `https:`. */
export interface SignatureStores {
  /** Where they are read. */
  read?: URL
  /** Where they are written; only `file:` can be. */
  write?: URL
  /** Whether cosign's attachments beside the image are read and written. */
  attachments: boolean
}

type Section = {
  lookaside?: string
  'lookaside-staging'?: string
  sigstore?: string
  'sigstore-staging'?: string
  'use-sigstore-attachments'?: boolean
}

interface Configuration {
  byScope: Map<string, Section>
  default?: Section
}

const maxBytes = 4 * 1024 * 1024

/** The stores for an image of a registry. @throws EngineError PolicyInvalid for a configuration that means nothing. */
export async function signatureStores(reference: Reference, folder = configurationFolder()): Promise<SignatureStores> {
  const { byScope, default: fallback } = await readConfiguration(folder)
  const scope = registryScopes(reference).find((each) => byScope.has(each))
  const section = scope === undefined ? fallback : byScope.get(scope)
  if (section === undefined) {
    const usual = new URL(`file://${usualFolder()}`)
    return { read: usual, write: usual, attachments: false }
  }
  const read = section.lookaside ?? section.sigstore
  const write = section['lookaside-staging'] ?? section['sigstore-staging'] ?? read
  return {
    ...(read ? { read: address(read, folder) } : {}),
    ...(write ? { write: address(write, folder) } : {}),
    attachments: section['use-sigstore-attachments'] === true,
  }
}

/** The addresses of all lookaside stores by scope, '' for the default, as they were written. */
export async function signatureStoreTexts(folder = configurationFolder()): Promise<Map<string, string>> {
  const { byScope, default: fallback } = await readConfiguration(folder)
  const all = [...byScope, ...(fallback ? [['', fallback] as const] : [])]
  return new Map(all.flatMap(([scope, section]) => (section.lookaside ? [[scope, section.lookaside] as const] : [])))
}

function configurationFolder(): string {
  const own = join(homedir(), '.config/containers/registries.d')
  return process.env['BERTH_REGISTRIES_D'] ?? (existsSync(own) ? own : '/etc/containers/registries.d')
}

function usualFolder(): string {
  return identity().inUserNamespace ? join(homedir(), '.local/share/containers/sigstore') : '/var/lib/containers/sigstore'
}

async function readConfiguration(folder: string): Promise<Configuration> {
  const configuration: Configuration = { byScope: new Map() }
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : []
  for (const name of names.toSorted()) {
    const file = join(folder, name)
    const document = await readDocument(file)
    if (document['default-docker'] !== undefined && document['default-docker'] !== null) {
      if (configuration.default) throw invalid(file, 'default-docker is set by another file too')
      configuration.default = document['default-docker'] as Section
    }
    for (const [scope, section] of Object.entries((document['docker'] ?? {}) as Record<string, Section>)) {
      if (configuration.byScope.has(scope)) throw invalid(file, `${scope} is set by another file too`)
      configuration.byScope.set(scope, section ?? {})
    }
  }
  return configuration
}

async function readDocument(file: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml')
  try {
    const document: unknown = parse((await readBounded(file, maxBytes)) ?? '', { maxAliasCount: 100 })
    if (document === null || document === undefined) return {}
    if (typeof document !== 'object' || Array.isArray(document)) throw new Error('it is not a mapping')
    const unknown = Object.keys(document).find((key) => key !== 'default-docker' && key !== 'docker')
    if (unknown !== undefined) throw new Error(`it has the unknown key ${JSON.stringify(unknown)}`)
    return document as Record<string, unknown>
  } catch (error) {
    throw invalid(file, (error as Error).message, error)
  }
}

function address(text: string, folder: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['file:', 'http:', 'https:'].includes(url.protocol))
    throw invalid(folder, `${JSON.stringify(text)} is no address of a signature store`)
  return url
}

function invalid(file: string, reason: string, cause?: unknown): EngineError {
  return new EngineError('PolicyInvalid', `The signature configuration ${file} cannot be used: ${reason}.`, {
    details: { file },
    cause,
  })
}
