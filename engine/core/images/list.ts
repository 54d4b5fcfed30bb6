import type { Output, Parsed } from '../../contract/index.ts'
import { cacheJson } from '../../lib/files/known-json.ts'
import type { ImageRecord } from '../../store/index.ts'
import type { Context } from '../context.ts'
import type { Verb } from '../verb.ts'
import { currentImages, type ImageSet } from './resolve/current.ts'
import { imageFilter, isDangling } from './listing/filter.ts'
import { digestNames, shownDigest, tagNames } from './resolve/names.ts'

type Summary = Output<'image.list'>[number]

interface Kept {
  of: ImageSet
  answers: Map<string, Summary[]>
}

const kept = new WeakMap<Context, Kept>()
const maxAnswers = 16

/**
 * Images, newest first; with `all` also untagged images that another image was made from. The same query returns the same array,
 * with its cached JSON text (lib/known-json.ts), until something changes.
 */
export const list: Verb<'image.list'> = async (context, input) => {
  const set = await currentImages(context)
  if (!context.service || input.filters['until'] !== undefined) return answer(context, set, input)
  let cache = kept.get(context)
  if (cache?.of !== set) kept.set(context, (cache = { of: set, answers: new Map() }))
  const question = JSON.stringify(input)
  const found = cache.answers.get(question)
  if (found) return found
  const answered = answer(context, set, input)
  if (cache.answers.size >= maxAnswers) cache.answers.clear()
  cacheJson(answered, JSON.stringify(answered))
  cache.answers.set(question, answered)
  return answered
}

function answer(context: Context, set: ImageSet, { all, filters }: Parsed<'image.list'>): Summary[] {
  const accepts = imageFilter(
    context.database,
    all || filters['intermediate'] ? filters : { ...filters, intermediate: ['false'] },
  )
  return set.records.filter((record) => accepts(set.candidate(record))).map((record) => summary(set, record))
}

function summary(set: ImageSet, record: ImageRecord): Summary {
  const { facts, size } = record
  const candidate = set.candidate(record)
  const { names } = candidate
  const tags = tagNames(names)
  return {
    Id: record.id,
    ParentId: set.parent(record.id) ?? '',
    RepoTags: tags.length > 0 ? tags : null,
    RepoDigests: digestNames(names, record),
    Created: record.created,
    Size: size,
    SharedSize: set.sharedSize(record),
    VirtualSize: size,
    Labels: facts.labels,
    Containers: candidate.containers,
    Arch: facts.architecture,
    Os: facts.os,
    Digest: shownDigest(names, record),
    History: [...set.history(record.id)],
    IsManifestList: facts.list !== undefined,
    ...(names.length > 0 ? { Names: names.map(({ name }) => name) } : {}),
    ...(isDangling(candidate) ? { Dangling: true } : {}),
    ...(facts.store === undefined ? {} : { ReadOnly: true }),
  }
}
