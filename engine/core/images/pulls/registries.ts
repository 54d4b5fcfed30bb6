import type { Parsed } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { formatReference, type Platform, type Reference, wantedPlatform } from '../../../image/index.ts'
import {
  findCredentials,
  openRepository,
  parseCredentials,
  type RegistriesConf,
  type Repository,
  type Source,
  sourcesOf,
} from '../../../registry/index.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import { registryOptions } from '../../registries/options.ts'
import type { FoundImage } from '../resolve/find.ts'
import { fetchImage } from './fetch.ts'
import type { Progress } from './pull-progress.ts'
import { registrySource } from '../transports/registry-source.ts'

type Input = Parsed<'image.pull'>

/** The context of a pull from registries. */
export interface PullJob {
  context: Context
  input: Input
  conf: RegistriesConf
  progress: Progress
  signal: AbortSignal
}

/**
 * Pulls the first available one of these images, each from its mirrors first.
 * @param newer the image here, which is enough if it is what the registry has, or if no registry responds.
 */
export async function pullFromRegistries(
  job: PullJob,
  references: readonly Reference[],
  newer: FoundImage | undefined,
): Promise<ImageRecord> {
  const failures: EngineError[] = []
  for (const reference of references) {
    job.progress.line(`Trying to pull ${formatReference(reference)}...`)
    for (const source of sourcesOf(job.conf, reference, job.input.tlsVerify)) {
      const repository = await openForPull(job, source, reference)
      try {
        if (newer && (await isCurrent(repository, reference.digest ?? reference.tag ?? 'latest', newer))) return newer.record
        return await fetchFrom(job, repository, reference)
      } catch (error) {
        failures.push(EngineError.from(error))
        if (EngineError.is(error, 'Cancelled', 'DiskFull', 'SubidMissing', 'StoreUnavailable')) throw error
      } finally {
        repository.close()
      }
    }
  }
  if (newer) return newer.record
  throw summarize(failures)
}

/** Opens one location of an image. Given credentials are for the named registry only, never for a mirror. */
export async function openForPull(
  { context, input, conf, signal }: PullJob,
  source: Source,
  reference: Reference,
): Promise<Repository> {
  const credentials =
    input.credentials && source.registry === reference.registry
      ? parseCredentials(input.credentials)
      : await findCredentials(source.registry, source.repository, {
          signal,
          authfile: input.authfile,
          helpers: conf.credentialHelpers,
        })
  return openRepository(source, registryOptions(input, { credentials, signal, onRetry: (line) => context.log.warn(line) }))
}

/** Whether the registry's image is the one in the store. */
async function isCurrent(repository: Repository, tag: string, { record }: FoundImage): Promise<boolean> {
  const digest = await repository.digest(tag)
  return digest !== undefined && record.facts.digests.includes(digest)
}

/** The requested platform, as far as given. */
export function platformChoice({ OS, Arch, Variant }: Pick<Input, 'OS' | 'Arch' | 'Variant'>): Partial<Platform> {
  return { ...(OS ? { os: OS } : {}), ...(Arch ? { architecture: Arch } : {}), ...(Variant ? { variant: Variant } : {}) }
}

/** Fetches an image of an open repository into the store, under its full name. */
export async function fetchFrom(
  { context, input, progress, signal }: PullJob,
  repository: Repository,
  reference: Reference,
): Promise<ImageRecord> {
  const source = registrySource(repository, reference)
  const top = await source.manifest()
  progress.line('Getting image source signatures')
  return fetchImage({
    context,
    source: { ...source, manifest: async (digest) => (digest === undefined ? top : source.manifest(digest)) },
    names: [formatReference(reference)],
    wanted: wantedPlatform(platformChoice(input)),
    // As podman: an image without a choice of platforms is taken as it is, with a warning.
    platformNamed: false,
    progress,
    signal,
  })
}

/** One failure unchanged; several as one, with all messages and the most specific code. */
export function summarize(failures: EngineError[]): EngineError {
  const [first] = failures
  if (failures.length <= 1 || !first)
    return first ?? new EngineError('ImageUnknown', 'There is no source to pull the image from.')
  const telling = failures.find(({ code }) => code !== 'ImageUnknown' && code !== 'RegistryUnreachable') ?? failures.at(-1)!
  const texts = [...new Set(failures.map(({ message }) => message))]
  return new EngineError(telling.code, texts.join(' '), { details: telling.details, cause: new AggregateError(failures) })
}
