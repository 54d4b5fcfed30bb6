import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { formatReference, hasTransport, parseReference, qualify, wantedPlatform } from '../../image/index.ts'
import { candidates, readRegistriesConf, resolveShortName, sourcesOf } from '../../registry/index.ts'
import { once } from '../../lib/async/once.ts'
import type { ImageRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { registryOptions } from '../registries/options.ts'
import { type FoundImage, lookUpImage } from './resolve/find.ts'
import { nameHere } from './resolve/name-here.ts'
import type { PullItem } from './pulls/pull-progress.ts'
import { platformChoice, pullFromRegistries } from './pulls/registries.ts'
import { pullAllTags } from './pulls/tags.ts'
import { pullStream } from './pulls/stream.ts'
import { pullFromTransport } from './pulls/transports.ts'

type Input = Parsed<'image.pull'>

/** Pulls an image, or all tags of a repository; leaving the stream, or the signal, cancels. */
export const pull: Verb<'image.pull'> = async (context, input, options) => {
  const { quiet } = input
  if (hasTransport(input.reference) && !input.reference.startsWith('docker://')) {
    if (input.allTags)
      throw new EngineError(
        'InvalidArgument',
        `pulling all tags is not supported for ${input.reference.slice(0, input.reference.indexOf(':'))} transport`,
      )
    return pullStream(options, quiet, async (progress, signal) =>
      done(...(await pullFromTransport({ context, input, progress, signal }))),
    )
  }
  // With its transport a name is never short: it is Docker Hub's.
  const name = input.reference.startsWith('docker://')
    ? formatReference(qualify(parseReference(input.reference), 'docker.io'))
    : input.reference
  if (input.allTags)
    return pullStream(options, quiet, async (progress, signal) =>
      done(...(await pullAllTags(context, { ...input, reference: name }, progress, signal))),
    )
  const policy = input.policy === 'ifnotpresent' ? 'missing' : (input.policy ?? 'always')
  const present = lookUpPresent(context, name, input)
  if (policy === 'never' && !present) throw new EngineError('ImageNotFound', `${name}: image not known`, { details: { name } })
  if (present && (policy === 'never' || policy === 'missing')) return once(done(present.record))
  if (present && present.name === undefined && policy === 'always') throw calledById(name)
  const conf = await readRegistriesConf()
  const own = nameHere(context, conf, name, present)
  const references = own ? [own] : candidates(conf, name)
  registryOptions(input)
  // Refused here rather than in the stream, where a status can no longer be given.
  for (const reference of references) sourcesOf(conf, reference, input.tlsVerify)
  return pullStream(options, quiet, async (progress, signal) => {
    const description = own ? undefined : resolveShortName(conf, name).description
    if (description !== undefined) progress.line(description)
    const job = { context, input, conf, progress, signal }
    return done(await pullFromRegistries(job, references, policy === 'newer' ? present : undefined))
  })
}

/** An id is no place to pull from. */
function calledById(name: string): EngineError {
  return new EngineError(
    'InvalidArgument',
    `pull policy is always but image has been referred to by ID (${name}): give the name that it is to be pulled by`,
    { details: { name } },
  )
}

/** The last line for libpod's clients. */
const done = (...records: ImageRecord[]): PullItem => ({ images: records.map(({ id }) => id), id: records.at(-1)?.id ?? '' })

/** The image of that name here, unless it is for another platform than the one asked for. */
function lookUpPresent(context: Context, name: string, { OS, Arch }: Input): FoundImage | undefined {
  const present = lookUpImage(context.database, name)
  if (!present || (!OS && !Arch)) return present
  const wanted = wantedPlatform(platformChoice({ OS, Arch, Variant: undefined }))
  const { os, architecture } = present.record.facts
  return os === wanted.os && architecture === wanted.architecture ? present : undefined
}
