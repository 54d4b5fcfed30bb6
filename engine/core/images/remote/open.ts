import { EngineError } from '../../../errors/index.ts'
import {
  type ImageSource,
  type Manifest,
  parseAnyManifest,
  parseManifest,
  selectPlatform,
  type SourceManifest,
  wantedPlatform,
} from '../../../image/index.ts'
import type { Context } from '../../context.ts'
import { accessOf, type RegistryFields } from '../transports/access-of.ts'
import { openSource } from '../transports/index.ts'

/** Options for an image elsewhere. */
export interface RemoteFields extends RegistryFields {
  reference: string
  daemonHost?: string | undefined
  sharedBlobDir?: string | undefined
  os?: string | undefined
  arch?: string | undefined
  variant?: string | undefined
}

/** Runs `work` with an image elsewhere, and closes it. */
export async function withSource<T>(
  context: Context,
  input: RemoteFields,
  signal: AbortSignal | undefined,
  work: (source: ImageSource, top: SourceManifest) => Promise<T>,
): Promise<T> {
  const { reference, daemonHost, sharedBlobDir } = input
  const source = await openSource(context, reference, {
    ...accessOf(input, signal),
    ...(daemonHost ? { daemonHost } : {}),
    ...(sharedBlobDir ? { sharedBlobDir } : {}),
  })
  try {
    return await work(source, await source.manifest())
  } finally {
    await source.close()
  }
}

/** The manifest of the one platform. @param artifacts takes what is no image, too. @throws ImagePlatformMissing, ManifestInvalid */
export async function manifestFor(
  source: ImageSource,
  top: SourceManifest,
  { os, arch, variant }: RemoteFields,
  artifacts = false,
): Promise<Manifest> {
  const what = `The image ${source.name}`
  const parse = artifacts ? parseAnyManifest : parseManifest
  const parsed = parse(top.bytes, top.mediaType, what)
  if (parsed.kind === 'manifest') return parsed
  const wanted = wantedPlatform({
    ...(os ? { os } : {}),
    ...(arch ? { architecture: arch } : {}),
    ...(variant ? { variant } : {}),
  })
  const chosen = selectPlatform(parsed, wanted, what)
  const found = await source.manifest(chosen.digest)
  const manifest = parse(found.bytes, chosen.mediaType, what)
  if (manifest.kind === 'manifest') return manifest
  throw new EngineError('ManifestInvalid', `${what} is not usable: its index lists another index.`)
}
