import type { Output, Parsed } from '../../../contract/index.ts'
import { formatReference, type Reference, repositoryName } from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { noTags, repositoryTags } from '../remote/tags.ts'
import type { RegistryFields } from '../transports/access-of.ts'

export type SyncInput = Parsed<'image.sync'>
export type Notice = NonNullable<Output<'image.sync'>['notice']>

/** Images of one place that are to be copied. */
export interface SyncGroup {
  images: SyncImage[]
  /** Settings of this registry alone. */
  access: Partial<Pick<SyncInput, 'srcCredentials' | 'srcTlsVerify' | 'srcCertDir'>>
}

export interface SyncImage {
  /** With its transport. */
  source: string
  /** What the image is called below the destination. */
  suffix: string
}

/** The context for finding images. */
export interface Search {
  context: Context
  input: SyncInput
  signal: AbortSignal | undefined
  note(level: Notice['level'], message: string, fields?: Record<string, string>): void
}

/** An image of a registry. */
export function named(reference: Reference): SyncImage {
  const name = formatReference(reference)
  return { source: `docker://${name}`, suffix: name }
}

/** All tags of a repository. */
export async function imagesOf(
  { context, signal, note }: Search,
  repository: Reference,
  fields: RegistryFields,
): Promise<SyncImage[]> {
  const image = repositoryName(repository)
  note('info', 'Getting tags', { image })
  try {
    return (await repositoryTags(context, repository, fields, signal)).map((tag) => named({ ...repository, tag }))
  } catch (error) {
    throw noTags(error, ` for repo ${image}`)
  }
}

/** The access to the tags of the source registry. */
export function sourceFields(input: SyncInput): RegistryFields {
  return {
    tlsVerify: input.srcTlsVerify,
    credentials: input.srcCredentials,
    authfile: input.srcAuthfile,
    certDir: input.srcCertDir,
    registryToken: input.srcRegistryToken,
    anonymous: input.srcAnonymous,
    retry: input.retry,
    retryDelay: input.retryDelay,
  }
}
