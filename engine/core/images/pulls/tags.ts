import type { Parsed } from '../../../contract/index.ts'
import { EngineError } from '../../../errors/index.ts'
import { formatReference, parseReference, qualify, type Reference } from '../../../image/index.ts'
import { readRegistriesConf, type Repository, sourcesOf } from '../../../registry/index.ts'
import type { ImageRecord } from '../../../store/index.ts'
import type { Context } from '../../context.ts'
import type { Progress } from './pull-progress.ts'
import { fetchFrom, openForPull, type PullJob, summarize } from './registries.ts'

/**
 * Pulls every tag of a repository, one after another; the first failure ends it. As with podman a name without a registry is Docker
 * Hub's, and a tag in the name does not count.
 */
export async function pullAllTags(
  context: Context,
  input: Parsed<'image.pull'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImageRecord[]> {
  const conf = await readRegistriesConf()
  const job: PullJob = { context, input, conf, progress, signal }
  const { registry, repository } = qualify(parseReference(input.reference), 'docker.io')
  const reference: Reference = { registry, repository }
  const failures: EngineError[] = []
  for (const source of sourcesOf(conf, { ...reference, tag: 'latest' }, input.tlsVerify)) {
    const opened = await openForPull(job, source, reference)
    try {
      const tags = await listTags(opened, failures)
      if (!tags) continue
      const records: ImageRecord[] = []
      for (const tag of tags) {
        progress.line(`Trying to pull ${formatReference({ ...reference, tag })}...`)
        records.push(await fetchFrom(job, opened, { ...reference, tag }))
      }
      return records
    } finally {
      opened.close()
    }
  }
  throw summarize(failures)
}

async function listTags(repository: Repository, failures: EngineError[]): Promise<string[] | undefined> {
  try {
    const tags = await repository.tags()
    if (tags.length > 0) return tags
    failures.push(new EngineError('ImageUnknown', 'The repository has no tags.'))
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    failures.push(EngineError.from(error))
  }
  return undefined
}
