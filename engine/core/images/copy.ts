import type { Parsed } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { type ImageSource, parseReference } from '../../image/index.ts'
import type { Verb } from '../verb.ts'
import type { Context } from '../context.ts'
import { copyImage, type TransferProgress } from './copies/index.ts'
import { transferStream } from './copies/stream.ts'
import { type Access, checkPlace, openDestination, openSource, parseTransport } from './transports/index.ts'
import type { TrustChoice } from './trust/require-trust.ts'

type Input = Parsed<'image.copy'>

/** Copies an image between any two places. */
export const copy: Verb<'image.copy'> = async (context, input, options) => {
  if (input.destCompress && input.destDecompress)
    throw new EngineError('InvalidArgument', 'Layers cannot be compressed and decompressed at the same time: choose one.')
  requireTagged(input)
  // Refused here rather than in the stream, where a status can no longer be given.
  await checkPlace(input.source, accessOf(input, 'src'))
  await checkPlace(input.destination, accessOf(input, 'dest'))
  return transferStream(options, input.quiet, 'The copy was cancelled.', (progress, signal) =>
    copyBetween(context, input, progress, signal),
  )
}

/** More names are names with tags; at a registry, tags alone will do. @throws InvalidArgument, ImageReferenceInvalid */
function requireTagged({ destination, additionalTags }: Input): void {
  if (destination.startsWith('docker:')) return
  const bare = additionalTags.find((each) => parseReference(each).tag === undefined)
  if (bare !== undefined)
    throw new EngineError('InvalidArgument', `additional-tag '${bare}' must be a tagged reference: write ${bare}:TAG.`)
}

/** Copies one image. @returns the digest of what was written. */
export async function copyBetween(
  context: Context,
  input: Omit<Input, 'quiet'> & { skipExisting?: boolean },
  progress: TransferProgress,
  signal: AbortSignal,
): Promise<string> {
  let source: ImageSource | undefined
  const openOther = () =>
    openDestination(context, input.destination, {
      ...accessOf(input, 'dest'),
      signal,
      additionalTags: input.additionalTags,
      compress: input.destCompress,
      decompress: input.destDecompress,
      acceptUncompressed: input.destOciAcceptUncompressedLayers,
      from: () => source?.reference,
    })
  // Connecting to a registry leaves no trace: it need not wait for the source.
  const early = parseTransport(input.destination).transport === 'docker' ? openOther() : undefined
  early?.catch(() => {})
  try {
    source = await openSource(context, input.source, { ...accessOf(input, 'src'), signal })
  } catch (error) {
    await early?.then((destination) => destination.discard()).catch(() => {})
    throw error
  }
  try {
    const destination = await (early ?? openOther())
    const { os, arch, variant, all, multiArch } = input
    const { digest } = await copyImage({
      ...input,
      trust: trustOf(input),
      context,
      source,
      destination,
      progress,
      signal,
      images: multiArch ?? (all ? 'all' : 'system'),
      platform: { ...(os ? { os } : {}), ...(arch ? { architecture: arch } : {}), ...(variant ? { variant } : {}) },
    })
    return digest
  } finally {
    await source.close()
  }
}

/** The access to both sides of a copy, and the trust policy, from the input. */
export type BothSides = Pick<
  Input,
  Extract<keyof Input, `src${string}` | `dest${string}`> | 'retry' | 'retryDelay' | 'policy' | 'insecurePolicy'
>

/** Which policy.json counts. */
export const trustOf = ({ policy, insecurePolicy }: Pick<BothSides, 'policy' | 'insecurePolicy'>): TrustChoice => ({
  ...(policy === undefined ? {} : { policy }),
  ...(insecurePolicy ? { insecurePolicy } : {}),
})

/** The access to one side. */
export function accessOf(input: BothSides, side: 'src' | 'dest'): Access {
  const from = <K extends 'Credentials' | 'Authfile' | 'CertDir' | 'RegistryToken' | 'DaemonHost' | 'SharedBlobDir'>(key: K) =>
    input[`${side}${key}`]
  const given = {
    credentials: from('Credentials'),
    authfile: from('Authfile'),
    certDir: from('CertDir'),
    registryToken: from('RegistryToken'),
    daemonHost: from('DaemonHost'),
    sharedBlobDir: from('SharedBlobDir'),
    anonymous: input[`${side}Anonymous`],
    tlsVerify: input[`${side}TlsVerify`],
    retry: input.retry,
    retryDelay: input.retryDelay,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Access
}
