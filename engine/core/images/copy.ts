import type { Parsed } from '../../contract/index.ts'
import type { Verb } from '../verbs.ts'
import { copyImage } from './copy/index.ts'
import { transferStream } from './copy/stream.ts'
import { type Access, checkPlace, openDestination, openSource } from './transports/index.ts'

type Input = Parsed<'image.copy'>

/** Copies an image between any two places. */
export const copy: Verb<'image.copy'> = async (context, input, options) => {
  // Refused here rather than in the stream, where a status can no longer be given.
  await checkPlace(input.source, accessOf(input, 'src'))
  await checkPlace(input.destination, accessOf(input, 'dest'))
  return transferStream(options, input.quiet, 'The copy was cancelled.', async (progress, signal) => {
    const source = await openSource(context, input.source, { ...accessOf(input, 'src'), signal })
    try {
      const destination = await openDestination(context, input.destination, {
        ...accessOf(input, 'dest'),
        signal,
        additionalTags: input.additionalTags,
        ...(source.reference ? { from: source.reference } : {}),
      })
      const { os, arch, variant, all, multiArch } = input
      const { digest } = await copyImage({
        ...input,
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
  })
}

/** How one side is reached. */
function accessOf(input: Input, side: 'src' | 'dest'): Access {
  const from = <K extends 'Credentials' | 'Authfile' | 'CertDir' | 'RegistryToken' | 'DaemonHost' | 'SharedBlobDir'>(key: K) =>
    input[`${side}${key}`]
  const given = {
    credentials: from('Credentials'),
    authfile: from('Authfile'),
    certDir: from('CertDir'),
    registryToken: from('RegistryToken'),
    daemonHost: from('DaemonHost'),
    sharedBlobDir: from('SharedBlobDir'),
    tlsVerify: input[`${side}TlsVerify`],
    retry: input.retry,
    retryDelay: input.retryDelay,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Access
}
