import type { Input } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { withPassword } from '../terminal/ask-password.ts'
import { bool, number, text, texts, type Values, words } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { maybe, tlsVerifyInput } from './registry-flags.ts'

/** Flags of everything that sends images: access to the registry, format and signing of the image. */
export const pushFlags = {
  authfile: text('', 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
  'cert-dir': text('', 'Path to a directory containing TLS certificates and keys'),
  'compression-format': text('', 'compression format to use (default "gzip")'),
  'compression-level': number('', 'compression level to use'),
  creds: text('', 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry', { value: 'Credentials' }),
  digestfile: text('', 'Write the digest of the pushed image to the specified file'),
  'force-compression': bool(
    '',
    'Use the specified compression algorithm even if the destination contains a differently-compressed variant already',
  ),
  format: text(
    'f',
    'Manifest type (oci, v2s2, or v2s1) to use in the destination (default is manifest type of source, with fallbacks)',
  ),
  quiet: bool('q', 'Suppress output information when pushing images'),
  'remove-signatures': bool('', 'Discard any pre-existing signatures in the image'),
  'sign-by': text('', 'Add a signature at the destination using the specified key'),
  'sign-by-sigstore': text('', 'Sign the image using a sigstore parameter file at PATH', { value: 'PATH' }),
  'sign-by-sigstore-private-key': text('', 'Sign the image using a sigstore private key at PATH', { value: 'PATH' }),
  'sign-passphrase-file': text('', 'Read a passphrase for signing an image from PATH', { value: 'PATH' }),
  'tls-verify': maybe('', 'Require HTTPS and verify certificates when contacting registries (default true)'),
}

/** Podman's additional flags, only for `push`. */
export const onlyPushFlags = {
  compress: bool(
    '',
    "Compress tarball image layers when pushing to a directory using the 'dir' transport. (default is same compression type as source)",
  ),
  'disable-content-trust': bool('', 'This is a Docker specific option and is a NOOP', true, { hidden: true }),
  'encrypt-layer': words('', 'Layers to encrypt (not supported)', { value: 'ints', hidden: true }),
  'encryption-key': texts('', 'Key with the encryption protocol to use to encrypt the image (not supported)', { hidden: true }),
  retry: number('', 'number of times to retry in case of failure when performing push (default 3)', { value: 'uint' }),
  'retry-delay': text('', 'delay between retries in case of push failures'),
}

type PushInput = Omit<Input<'image.push'>, 'name' | 'destination'>

/** The input of these flags; prompts for a missing password. @throws UsageError, ExitError without a terminal */
export async function pushInput(flags: Values<typeof pushFlags>): Promise<PushInput> {
  const { format } = flags
  if (format !== undefined && format !== 'oci' && format !== 'v2s2' && format !== 'v2s1')
    throw new UsageError(`unknown format ${JSON.stringify(format)}. Choose on of the supported formats: 'oci', 'v2s1', or 'v2s2'`)
  const compression = flags['compression-format']
  if (compression !== undefined && compression !== 'gzip' && compression !== 'zstd' && compression !== 'zstd:chunked')
    throw new UsageError(`cannot find compressor for ${JSON.stringify(compression)}: choose gzip, zstd or zstd:chunked`)
  return {
    ...(format ? { format } : {}),
    ...(compression ? { compressionFormat: compression } : {}),
    compressionLevel: flags['compression-level'],
    ...(flags['force-compression'] ? { forceCompressionFormat: true } : {}),
    removeSignatures: flags['remove-signatures'],
    signBy: flags['sign-by'],
    signBySigstore: flags['sign-by-sigstore'],
    signBySigstorePrivateKey: flags['sign-by-sigstore-private-key'],
    signPassphraseFile: flags['sign-passphrase-file'],
    ...tlsVerifyInput(flags['tls-verify']),
    credentials: await withPassword(flags.creds),
    authfile: flags.authfile,
    certDir: flags['cert-dir'],
    quiet: flags.quiet,
  }
}

/** @throws EngineError NotSupported, when encryption is requested. */
export function refuseEncryption(flags: Pick<Values<typeof onlyPushFlags>, 'encrypt-layer' | 'encryption-key'>): void {
  if (flags['encrypt-layer'].length === 0 && flags['encryption-key'].length === 0) return
  throw new EngineError('NotSupported', 'Berth does not encrypt images: leave out --encrypt-layer and --encryption-key.')
}
