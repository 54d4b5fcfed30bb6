import type { Output } from '../../contract/index.ts'
import { allImageNames, allImages, containersByImage, type ImageName, type ImageRecord, nameHistory } from '../../store/index.ts'
import type { Verb } from '../verbs.ts'
import { imageFilter } from './filter.ts'
import { digestNames, tagNames } from './names.ts'

type Summary = Output<'image.list'>[number]

/** Images, newest first. */
export const list: Verb<'image.list'> = async (context, { filters }) => {
  const { database } = context
  const names = Map.groupBy(allImageNames(database), ({ image }) => image)
  const containers = containersByImage(database)
  const accepts = imageFilter(database, filters)
  return allImages(database)
    .map((record) => ({ record, names: names.get(record.id) ?? [], containers: containers.get(record.id) ?? 0 }))
    .filter(accepts)
    .map(({ record, names: own, containers: users }) => summary(record, own, users, nameHistory(database, record.id)))
}

function summary(record: ImageRecord, names: ImageName[], containers: number, history: string[]): Summary {
  const { facts, size } = record
  const tags = tagNames(names)
  const digests = digestNames(names, record)
  return {
    Id: record.id,
    ParentId: '',
    RepoTags: tags.length > 0 ? tags : null,
    RepoDigests: digests.length > 0 ? digests : null,
    Created: record.created,
    Size: size,
    SharedSize: 0,
    VirtualSize: size,
    Labels: facts.labels,
    Containers: containers,
    Arch: facts.architecture,
    Os: facts.os,
    Digest: facts.manifest.digest,
    History: history,
    IsManifestList: false,
    ...(names.length > 0 ? { Names: names.map(({ name }) => name) } : { Dangling: true }),
  }
}
