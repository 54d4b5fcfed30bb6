import { EngineError } from '../../errors/index.ts'
import {
  type Descriptor,
  type Digest,
  hostPlatform,
  type ImageSource,
  limits,
  type ListEntry,
  type ListPlatform,
  type Manifest,
  mediaTypes,
  parseAnyManifest,
  parseImageList,
  parseJson,
  selectPlatform,
  type SourceManifest,
} from '../../image/index.ts'
import { isManifestList } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { verified } from '../images/copies/verified.ts'
import { lookUpImage } from '../images/resolve/find.ts'
import { type Access, hasTransport, openSource } from '../images/transports/index.ts'

/** An image, or artifact, that can be put into a list. */
export interface Member {
  entry: ListEntry
  manifest: Buffer
  /** Where it is, with its transport. */
  source: string
}

interface Opened {
  source: ImageSource
  /** Where the image of a digest is, once it is in a list. */
  place(digest: Digest): string
}

/**
 * Reads what a name means for a list: one image, or of a list that for this machine, or all.
 * @param text a name, id or digest of the store's; else a registry's; or with a transport.
 * @throws ImageNotFound, ImagePlatformMissing, ManifestInvalid and what the transport throws
 */
export async function readMembers(context: Context, text: string, all: boolean, access: Access): Promise<Member[]> {
  const { source, place } = await openMember(context, text, all, access)
  try {
    const what = `The image ${source.name}`
    const top = await source.manifest()
    const parsed = parseAnyManifest(top.bytes, top.mediaType, what)
    if (parsed.kind === 'manifest') {
      const entry = { mediaType: parsed.mediaType, digest: top.digest, size: top.bytes.length }
      return [await toMember(source, entry, top, parsed, place(top.digest))]
    }
    const { entries } = parseImageList(top.bytes, top.mediaType, what)
    const chosen = all ? entries : [selectPlatform({ ...parsed, manifests: entries }, hostPlatform(), what) as ListEntry]
    const members: Member[] = []
    for (const each of chosen) {
      const found = await source.manifest(each.digest)
      const manifest = parseAnyManifest(found.bytes, each.mediaType, what)
      if (manifest.kind === 'index')
        throw new EngineError('ManifestInvalid', `${what} is not usable: its index lists another index.`)
      if (found.bytes.length !== each.size)
        throw new EngineError(
          'SizeMismatch',
          `${what} has a manifest of ${found.bytes.length} bytes where its list says ${each.size}.`,
        )
      // As podman: what the other list says of the entry in annotations stays there.
      const { annotations: _, ...entry } = each
      members.push(await toMember(source, entry, found, manifest, place(each.digest)))
    }
    return members
  } finally {
    await source.close()
  }
}

/** The digest that a name's manifest has, and its type. @throws as {@link readMembers} */
export async function readSubject(context: Context, text: string, access: Access): Promise<Descriptor> {
  const { source } = await openMember(context, text, false, access)
  try {
    const { bytes, digest, mediaType } = await source.manifest()
    const parsed = parseAnyManifest(bytes, mediaType, `The subject ${source.name}`)
    return {
      mediaType: parsed.mediaType,
      digest,
      size: bytes.length,
      ...(parsed.kind === 'manifest' && parsed.artifactType ? { artifactType: parsed.artifactType } : {}),
    }
  } finally {
    await source.close()
  }
}

async function openMember(context: Context, text: string, all: boolean, access: Access): Promise<Opened> {
  if (text.startsWith('containers-storage:')) return openLocal(context, text.slice('containers-storage:'.length), access)
  if (hasTransport(text)) return openAt(context, text, access)
  const local = lookUpImage(context.database, text)
  // Of an image in the store the others of its list are at the registry.
  if (local && (!all || isManifestList(local.record))) return openLocal(context, local.record.id, access)
  try {
    return await openAt(context, `docker://${text}`, access)
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    if (local) return openLocal(context, local.record.id, access)
    const { code, message, details } = EngineError.from(error)
    throw new EngineError(
      code,
      `locating image to add to manifest list: "docker://${text}": ${message.replace(/\.$/, '')}; "${text}": ${text}: image not known`,
      { details, cause: error },
    )
  }
}

async function openAt(context: Context, text: string, access: Access): Promise<Opened> {
  const source = await openSource(context, text, access)
  return { source, place: () => text }
}

async function openLocal(context: Context, name: string, access: Access): Promise<Opened> {
  const found = lookUpImage(context.database, name)
  if (!found) throw new EngineError('ImageNotFound', `${name}: image not known`, { details: { name } })
  const { id, facts } = found.record
  const source = await openSource(context, `containers-storage:${id}`, access)
  const own = `containers-storage:${id}`
  return { source, place: (digest) => facts.list?.instances[digest] ?? own }
}

async function toMember(
  source: ImageSource,
  entry: Omit<ListEntry, 'platform'> & { platform?: ListPlatform },
  { bytes }: SourceManifest,
  manifest: Manifest,
  place: string,
): Promise<Member> {
  const artifactType = entry.artifactType ?? manifest.artifactType
  const platform = entry.platform ?? { architecture: '', os: '' }
  return {
    entry: {
      ...entry,
      platform: artifactType === undefined ? await completed(source, platform, manifest.config) : platform,
      ...(artifactType === undefined ? {} : { artifactType }),
    },
    manifest: bytes,
    source: place,
  }
}

/** A platform with what the list does not say taken from the image's configuration. */
async function completed(source: ImageSource, platform: ListPlatform, config: Descriptor): Promise<ListPlatform> {
  if (platform.os !== '' && platform.architecture !== '') return platform
  if (config.mediaType !== mediaTypes.ociConfig && config.mediaType !== mediaTypes.dockerConfig) return platform
  const document = parseJson(await readBlob(source, config), `The configuration of ${source.name}`)
  const text = (name: string): string => (typeof document[name] === 'string' ? document[name] : '')
  const features = document['os.features']
  const completedPlatform = { ...platform }
  if (platform.os === '') {
    completedPlatform.os = text('os')
    if (text('os.version')) completedPlatform.osVersion = text('os.version')
    if (Array.isArray(features))
      completedPlatform.osFeatures = features.filter((each): each is string => typeof each === 'string')
  }
  if (platform.architecture === '') {
    completedPlatform.architecture = text('architecture')
    if (text('variant')) completedPlatform.variant = text('variant')
  }
  return completedPlatform
}

async function readBlob(source: ImageSource, descriptor: Descriptor): Promise<Buffer> {
  if (descriptor.size > limits.configBytes)
    throw new EngineError('TooLarge', `The configuration of ${source.name} is larger than 4 MiB.`)
  const parts: Uint8Array[] = []
  for await (const part of verified(descriptor, (offset) => source.blob(descriptor, offset))) parts.push(part)
  return Buffer.concat(parts)
}
