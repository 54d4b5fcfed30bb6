import type { CallOptions, Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { formatReference, type Reference, wantedPlatform } from '../../image/index.ts'
import {
  candidates,
  findCredentials,
  openRepository,
  parseCredentials,
  readRegistriesConf,
  type RegistriesConf,
  type Repository,
  type Source,
  sourcesOf,
} from '../../registry/index.ts'
import type { ImageRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { parseDuration } from '../time/duration.ts'
import type { Verb } from '../verbs.ts'
import { type FoundImage, lookUpImage } from './find.ts'
import { fetchImage } from './pull/fetch.ts'
import { type Progress, type PullItem, reportProgress } from './pull/progress.ts'
import { registrySource } from './transports/registry-source.ts'

type Input = Parsed<'image.pull'>

interface Job {
  context: Context
  input: Input
  conf: RegistriesConf
  progress: Progress
  signal: AbortSignal
}

/** Pulls an image; leaving the stream, or the signal, cancels. */
export const pull: Verb<'image.pull'> = async (context, input, options) => {
  if (input.allTags)
    throw new EngineError('NotSupported', 'Pulling all tags of a repository is not supported yet: pull them one by one.')
  const policy = input.policy === 'ifnotpresent' ? 'missing' : (input.policy ?? 'always')
  const present = lookUpImage(context.database, input.reference)
  if (policy === 'never' && !present)
    throw new EngineError('ImageNotFound', `${input.reference}: image not known`, { details: { name: input.reference } })
  if (present && (policy === 'never' || policy === 'missing')) return once(done(present.record))
  const conf = await readRegistriesConf()
  // Refused here rather than in the stream, where a status can no longer be given.
  const references = candidates(conf, input.reference)
  for (const reference of references) sourcesOf(conf, reference, input.tlsVerify)
  return stream(options, input.quiet, (progress, signal) =>
    run({ context, input, conf, progress, signal }, policy === 'newer' ? present : undefined),
  )
}

async function* once(item: PullItem): AsyncGenerator<PullItem, void, undefined> {
  yield item
}

const done = ({ id }: ImageRecord): PullItem => ({ images: [id], id })

/** Hands out progress while `work` runs. Nothing begins before the first item is asked for. */
async function* stream(
  options: CallOptions,
  quiet: boolean,
  work: (progress: Progress, signal: AbortSignal) => Promise<ImageRecord>,
): AsyncGenerator<PullItem, void, undefined> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const items: PullItem[] = []
  let wake = Promise.withResolvers<void>()
  const emit = (item: PullItem): void => {
    items.push(item)
    wake.resolve()
  }
  let over = false
  const working = (async () => {
    try {
      emit(done(await work(reportProgress(emit, quiet), signal)))
    } catch (error) {
      if (signal.aborted && !EngineError.is(error, 'Cancelled'))
        throw new EngineError('Cancelled', 'The pull was cancelled.', { cause: error })
      throw EngineError.from(error)
    } finally {
      over = true
      wake.resolve()
    }
  })()
  // Reported by the last line of the loop, or, once nobody listens, by nobody.
  working.catch(() => {})
  try {
    for (;;) {
      for (let item = items.shift(); item !== undefined; item = items.shift()) yield item
      if (over) break
      await wake.promise
      wake = Promise.withResolvers<void>()
      if (over) wake.resolve()
    }
    await working
  } finally {
    left.abort()
    await working.catch(() => {})
  }
}

async function run(job: Job, newer: FoundImage | undefined): Promise<ImageRecord> {
  const failures: EngineError[] = []
  for (const reference of candidates(job.conf, job.input.reference)) {
    const sources = sourcesOf(job.conf, reference, job.input.tlsVerify)
    job.progress.line(`Trying to pull ${formatReference(reference)}...`)
    for (const source of sources) {
      const repository = await open(job, source)
      try {
        if (newer && (await isCurrent(repository, reference.digest ?? reference.tag ?? 'latest', newer))) return newer.record
        return await fetch(job, repository, reference)
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

async function open({ input, signal }: Job, source: Source): Promise<Repository> {
  const credentials = input.credentials
    ? parseCredentials(input.credentials)
    : await findCredentials(source.registry, source.repository, {
        signal,
        ...(input.authfile ? { authfile: input.authfile } : {}),
      })
  return openRepository(source, {
    signal,
    ...(credentials ? { credentials } : {}),
    ...(input.certDir ? { certDir: input.certDir } : {}),
    ...(input.retry === undefined ? {} : { retry: Math.min(Math.max(input.retry, 0), 100) }),
    ...(input.retryDelay === undefined ? {} : { retryDelay: delay(input.retryDelay) }),
  })
}

function delay(text: string): number {
  const nanoseconds = parseDuration(text)
  if (nanoseconds === null || nanoseconds < 0)
    throw new EngineError('InvalidArgument', `The retry delay ${JSON.stringify(text)} is not a duration such as 2s.`)
  return Math.min(nanoseconds / 1e6, 600_000)
}

/** Whether the registry's image is the one in the store. */
async function isCurrent(repository: Repository, tag: string, { record }: FoundImage): Promise<boolean> {
  const digest = await repository.digest(tag)
  return digest !== undefined && record.facts.digests.includes(digest)
}

function fetch({ context, input, progress, signal }: Job, repository: Repository, reference: Reference): Promise<ImageRecord> {
  const { OS: os, Arch: architecture, Variant: variant } = input
  const wanted = wantedPlatform({
    ...(os ? { os } : {}),
    ...(architecture ? { architecture } : {}),
    ...(variant ? { variant } : {}),
  })
  return fetchImage({
    context,
    source: registrySource(repository, reference),
    names: [formatReference(reference)],
    wanted,
    platformNamed: Boolean(os || architecture),
    progress,
    signal,
  })
}

/** One failure as it is; of several, all texts under the code of the one that says most. */
function summarize(failures: EngineError[]): EngineError {
  const [first] = failures
  if (failures.length <= 1 || !first) return first ?? new EngineError('ImageUnknown', 'There is no place to pull the image from.')
  const telling = failures.find(({ code }) => code !== 'ImageUnknown' && code !== 'RegistryUnreachable') ?? failures.at(-1)!
  const texts = [...new Set(failures.map(({ message }) => message))]
  return new EngineError(telling.code, texts.join(' '), { details: telling.details, cause: new AggregateError(failures) })
}
