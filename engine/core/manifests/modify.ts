import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type Descriptor, type Digest, isDigest, listEntry, removeListEntry } from '../../image/index.ts'
import type { Context } from '../context.ts'
import { lookUpImage } from '../images/resolve/find.ts'
import type { Access } from '../images/transports/index.ts'
import type { Verb } from '../verb.ts'
import { accessOf } from '../images/transports/access-of.ts'
import { addArtifact } from './add-artifact.ts'
import { toAnnotations } from './annotations.ts'
import { addMember, changeList, type Draft } from './change.ts'
import { findList } from './find.ts'
import { type Member, readMembers, readSubject } from './member.ts'

type Fields = Parsed<'manifest.modify'>['body']
type ListFields = Parsed<'manifest.create'>['body']

/** Adds images or an artifact to a list, removes entries, or changes fields of entries or of the list. Atomic. */
export const modify: Verb<'manifest.modify'> = async (context, { body, name, ...registry }, options) => {
  const access = accessOf(registry, options.signal)
  findList(context, name)
  const work = await prepare(context, name, body, access)
  const { id, result } = await changeList(context, name, work)
  return { Id: id, images: result, ...(body.artifact_files?.length ? { files: body.artifact_files } : {}) }
}

type Work = (draft: Draft) => Promise<Digest[]>

/** Reads from registries before the list is locked. */
async function prepare(context: Context, name: string, fields: Fields, access: Access): Promise<Work> {
  const images = namesIn(fields)
  const subject = fields.subject ?? fields.artifact_subject
  const about = subject ? await readSubject(context, subject, access) : undefined
  const said = toChanges(fields)
  switch (fields.operation) {
    case 'remove': {
      const digests = images.map((text) => toDigestArgument(name, text))
      return async ({ list }) => {
        for (const digest of digests) removeListEntry(list, digest)
        return digests
      }
    }
    case 'annotate':
      return async (draft) => {
        changeIndex(draft, fields, about)
        const digests = images.map((text) => findEntry(context, draft, text))
        for (const digest of digests) describeEntry(draft, digest, said)
        return digests
      }
    default:
      return prepareUpdate(context, fields, access, about)
  }
}

/** A function that adds the images or the artifact and applies the other fields; everything is read before it is called. */
export async function prepareUpdate(context: Context, fields: ListFields, access: Access, about?: Descriptor): Promise<Work> {
  const said = toChanges(fields)
  const groups: Member[][] = []
  for (const image of namesIn(fields)) groups.push(await readMembers(context, image, fields.all ?? false, access))
  return async (draft) => {
    const digests: Digest[] = []
    for (const members of groups) {
      const added = members.map((member) => addMember(context, draft, member))
      digests.push(...added)
      // The fields apply to the first, as in podman.
      if (added[0]) describeEntry(draft, added[0], said)
    }
    if (isArtifact(fields)) {
      const digest = await addArtifact(context, draft, fields)
      digests.push(digest)
      describeEntry(draft, digest, said)
    }
    changeIndex(draft, fields, about)
    return digests
  }
}

/** Podman's client sends an empty name where the list itself is meant. */
const namesIn = ({ images }: ListFields): string[] => (images ?? []).filter((name) => name !== '')

function isArtifact({ artifact_files, artifact_type, artifact_config }: ListFields): boolean {
  return Boolean(artifact_files?.length) || typeof artifact_type === 'string' || typeof artifact_config === 'string'
}

/** Changes fields of an entry; only given ones. */
interface Changes {
  arch: string | null | undefined
  os: string | null | undefined
  osVersion: string | null | undefined
  osFeatures: string[] | null | undefined
  features: string[] | null | undefined
  variant: string | null | undefined
  annotations: Record<string, string>
}

/** @throws InvalidArgument */
function toChanges(fields: ListFields): Changes {
  return {
    arch: fields.arch,
    os: fields.os,
    osVersion: fields.os_version,
    osFeatures: fields.os_features,
    features: fields.features,
    variant: fields.variant,
    annotations: { ...fields.annotations, ...toAnnotations(fields.annotation) },
  }
}

function describeEntry({ list }: Draft, digest: Digest, said: Changes): void {
  const entry = listEntry(list, digest)
  const { platform } = entry
  if (said.arch) platform.architecture = said.arch
  if (said.os) platform.os = said.os
  if (said.osVersion) platform.osVersion = said.osVersion
  if (said.osFeatures?.length) platform.osFeatures = said.osFeatures
  if (said.features?.length) platform.features = said.features
  if (said.variant) platform.variant = said.variant
  if (Object.keys(said.annotations).length > 0) entry.annotations = { ...entry.annotations, ...said.annotations }
}

function changeIndex({ list }: Draft, { index_annotations: annotations }: ListFields, subject: Descriptor | undefined): void {
  if (annotations && Object.keys(annotations).length > 0) list.annotations = { ...list.annotations, ...annotations }
  if (subject) list.subject = subject
}

/** The entry a reference means: by its digest, the name of an image, or a file that an artifact was made from. */
function findEntry(context: Context, { list, facts }: Draft, text: string): Digest {
  if (isDigest(text)) return listEntry(list, text).digest
  const byFile = Object.entries(facts.files).find(([, files]) => files.includes(text))?.[0]
  if (byFile && isDigest(byFile)) return byFile
  const name = text.replace(/^containers-storage:/, '')
  const image = lookUpImage(context.database, name)?.record
  const digest = image?.facts.digests.find((each) => list.entries.some((entry) => entry.digest === each))
  const bySource = Object.entries(facts.instances).find(([, source]) => source === text || source === `docker://${text}`)?.[0]
  const found = digest ?? bySource
  if (found && isDigest(found)) return listEntry(list, found).digest
  throw new EngineError(
    'ImageNotFound',
    `finding instance for ${JSON.stringify(text)}: it is neither a digest, nor an image, nor a file of the list`,
    { details: { name: text } },
  )
}

function toDigestArgument(name: string, text: string): Digest {
  if (isDigest(text)) return text
  const reason = /^sha(?:256|512):/.test(text) ? 'invalid checksum digest length' : 'invalid checksum digest format'
  throw new EngineError(
    'InvalidArgument',
    `removing from manifest list ${name}: invalid image digest ${JSON.stringify(text)}: ${reason}`,
    {
      details: { digest: text },
    },
  )
}
