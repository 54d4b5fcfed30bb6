import { writeFile } from 'node:fs/promises'

import { EngineError } from '../../../errors/index.ts'
import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool, number, text, texts, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'
import {
  bothSidesInput,
  imageFlags,
  oldTlsFlag,
  placeFlags,
  platformFlags,
  prefixed,
  retryFlags,
  signFlags,
  trustFlags,
} from '../../skopeo/flags.ts'
import { printError, stdout } from '../../output/print.ts'
import { fileReason } from '../../output/file-reason.ts'

const compressed = (what: string): string =>
  `${what} tarball image layers when saving to directory using the 'dir' transport. (default is same compression type as source)`

/** Skopeo's description of it. */
export const copyDescription =
  'Container "IMAGE-NAME" uses a "transport":"details" format.\n\nSupported transports:\ncontainers-storage, dir, docker, docker-archive, docker-daemon, oci, oci-archive'

export const imageCopy = command({
  summary: 'Copy an IMAGE-NAME from one location to another',
  description: `${copyDescription}\n\nCalled by the name skopeo, berth takes skopeo's whole command line. The build has such a link, which is in nobody's PATH until an administrator puts it there: ln -s /usr/local/lib/berth/current/bin/skopeo /usr/local/bin/skopeo`,
  usage: 'SOURCE-IMAGE DESTINATION-IMAGE',
  examples: [
    'berth image copy docker://quay.io/skopeo/stable:latest docker://registry.example.com/skopeo:latest',
    'berth image copy --all docker://docker.io/library/busybox:latest oci:/srv/layout:busybox',
  ],
  flags: {
    'additional-tag': words('', 'additional tags (supports docker-archive)'),
    all: bool('a', 'Copy all images if SOURCE-IMAGE is a list'),
    authfile: placeFlags.authfile,
    'decryption-key': words('', 'Key needed to decrypt the image (not supported)', { hidden: true }),
    ...prefixed('dest-', placeFlags),
    ...prefixed('dest-', imageFlags),
    'dest-creds': { ...placeFlags.creds, aliases: ['dcreds'] },
    'dest-compress': bool('', compressed('Compress')),
    'dest-compress-format': text('', 'FORMAT to use for the compression', { value: 'FORMAT' }),
    'dest-compress-level': number('', 'LEVEL to use for the compression', { value: 'LEVEL' }),
    'dest-decompress': bool('', compressed('Decompress')),
    'dest-force-compress-format': bool('', 'Send no layer that the destination has in another compression', false, {
      hidden: true,
    }),
    'dest-oci-accept-uncompressed-layers': bool(
      '',
      "Allow uncompressed image layers when saving to an OCI image using the 'oci' transport. (default is to compress things that aren't compressed)",
    ),
    'dest-precompute-digests': bool(
      '',
      "Precompute digests to prevent uploading layers already on the registry using the 'docker' transport.",
    ),
    digestfile: text('', 'Write the digest of the pushed image to the specified file'),
    'encrypt-layer': words('', 'Layers to encrypt (not supported)', { value: 'ints', hidden: true }),
    'encryption-key': texts('', 'Key to encrypt the image with (not supported)', { value: 'strings', hidden: true }),
    format: text(
      'f',
      'MANIFEST TYPE (oci, v2s1, or v2s2) to use in the destination (default is manifest type of source, with fallbacks)',
    ),
    'image-parallel-copies': number(
      '',
      'Maximum number of image layers to be copied (pulled/pushed) simultaneously. Not setting this field will fall back to containers/image defaults.',
      { value: 'uint' },
    ),
    ...trustFlags,
    'multi-arch': text('', 'How to handle multi-architecture images (system, all, or index-only)'),
    ...platformFlags,
    'preserve-digests': bool('', 'Preserve digests of images and lists'),
    quiet: bool('q', 'Suppress output information when copying images'),
    ...retryFlags,
    ...signFlags,
    'sign-identity': text(
      '',
      'Identity of signed image, must be a fully specified docker reference. Defaults to the target docker reference.',
    ),
    ...prefixed('src-', placeFlags),
    ...prefixed('src-', imageFlags),
    'src-creds': { ...placeFlags.creds, aliases: ['screds'] },
    ...oldTlsFlag,
  },
  args: { min: 2, max: 2 },
  async run({ args: [source = '', destination = ''], flags, engine }) {
    if ([flags['encryption-key'], flags['decryption-key'], flags['encrypt-layer']].some(({ length }) => length > 0))
      throw new EngineError('NotSupported', 'encrypted images are not supported: leave out the keys and --encrypt-layer')
    const input = {
      source,
      destination,
      ...bothSidesInput(flags),
      all: flags.all,
      ...multiArch(flags['multi-arch'], flags.all),
      ...compression(flags['dest-compress-format']),
      compressionLevel: flags['dest-compress-level'],
      ...(flags['dest-force-compress-format'] ? { forceCompressionFormat: true } : {}),
      destCompress: flags['dest-compress'],
      destDecompress: flags['dest-decompress'],
      destOciAcceptUncompressedLayers: flags['dest-oci-accept-uncompressed-layers'],
      additionalTags: flags['additional-tag'],
      // No retries by default.
      parallelCopies: flags['image-parallel-copies'] || undefined,
      signIdentity: flags['sign-identity'],
      quiet: flags.quiet,
    }
    if (flags['dest-precompute-digests'])
      printError('WARNING: --dest-precompute-digests has no effect: what a registry has is asked for by digest anyway.\n')
    const api = await engine()
    const items = await api['image.copy'](input, { signal: signalWhenInterrupted() })
    const digest = await showTransfer(items, flags.quiet, stdout())
    if (flags.digestfile !== undefined) await writeDigests(flags.digestfile, digest)
  },
})

/** @throws ExitError, after the copied images. */
async function writeDigests(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o644 })
  } catch (cause) {
    const reason = fileReason(cause)
    throw new ExitError(125, `Failed to write digest to file ${JSON.stringify(file)}: open ${file}: ${reason}`, cause)
  }
}

function multiArch(given: string | undefined, all: boolean): { multiArch?: 'system' | 'all' | 'index-only' } {
  if (given === undefined) return {}
  if (all) throw new UsageError('Cannot use --all and --multi-arch flags together')
  if (given === 'system' || given === 'all' || given === 'index-only') return { multiArch: given }
  throw new UsageError(
    `unknown multi-arch option ${JSON.stringify(given)}. Choose one of the supported options: 'system', 'all', or 'index-only'`,
  )
}

function compression(given: string | undefined): { compressionFormat?: 'gzip' | 'zstd' | 'zstd:chunked' } {
  if (given === undefined || given === '') return {}
  if (given === 'gzip' || given === 'zstd' || given === 'zstd:chunked') return { compressionFormat: given }
  throw new UsageError(`cannot find compressor for ${JSON.stringify(given)}`)
}
