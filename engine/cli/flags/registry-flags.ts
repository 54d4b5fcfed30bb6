import { access } from 'node:fs/promises'

import type { Input } from '../../contract/index.ts'
import { EngineError } from '../../errors/index.ts'
import { bool, type Flag, number, text, texts, type Values } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { fileReason } from '../output/file-reason.ts'

/** On, off, or as configured. */
export const maybe = (short: string, help: string): Flag<boolean | undefined> => ({ ...bool(short, help), initial: undefined })

/** The input of `--tls-verify`: unset if not given, so that registries.conf decides. */
export const tlsVerifyInput = (given: boolean | undefined): { tlsVerify?: boolean } =>
  given === undefined ? {} : { tlsVerify: given }

/** Keys of encrypted images, which are refused. */
export const decryptionKey = texts('', 'Key needed to decrypt the image (not supported)', { hidden: true })

/** @throws EngineError `NotSupported` */
export function refuseKeys(keys: readonly string[]): void {
  if (keys.length > 0) throw new EngineError('NotSupported', 'Berth does not decrypt images: leave out --decryption-key.')
}

/** Flags of everything that may pull. */
export const registryFlags = {
  arch: text('', 'Use ARCH instead of the architecture of the machine for choosing images', {
    value: 'ARCH',
    aliases: ['override-arch'],
  }),
  authfile: text('', 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
  'cert-dir': text('', 'Pathname of a directory containing TLS certificates and keys', { value: 'Pathname' }),
  creds: text('', 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry', { value: 'Credentials' }),
  'disable-content-trust': bool('', 'This is a Docker specific option and is a NOOP', false, { hidden: true }),
  os: text('', 'Use OS instead of the running OS for choosing images', { value: 'OS', aliases: ['override-os'] }),
  platform: text('', 'Specify the platform for selecting the image.  (Conflicts with arch and os)'),
  retry: number('', 'number of times to retry in case of failure when performing pull (default 3)', { value: 'uint' }),
  'retry-delay': text('', 'delay between retries in case of pull failures'),
  'tls-verify': maybe('', 'Require HTTPS and verify certificates when contacting registries (default true)'),
  variant: text('', 'Use VARIANT instead of the running architecture variant for choosing images', { value: 'VARIANT' }),
}

export type RegistryValues = Values<typeof registryFlags>

/**
 * Checks first that an explicitly named credentials file exists; `remote` ones are on another host.
 * @throws UsageError, with podman's message
 */
export async function requireAuthfile(file: string | undefined, remote: boolean): Promise<void> {
  if (file === undefined || remote) return
  await access(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`credential file is not accessible: faccessat ${file}: ${fileReason(error)}`)
  })
}

/** The input of a pull from these flags. @throws UsageError */
export function pullInput(reference: string, flags: RegistryValues): Input<'image.pull'> {
  if (flags.platform !== undefined && (flags.arch !== undefined || flags.os !== undefined))
    throw new UsageError('--platform option can not be specified with --arch or --os')
  if (flags.retry !== undefined && !(Number.isInteger(flags.retry) && flags.retry >= 0))
    throw new UsageError(`invalid argument "${flags.retry}" for "--retry" flag: it is not a whole number`)
  const [os, arch, variant] = flags.platform?.split('/') ?? []
  return {
    reference,
    Arch: arch ?? flags.arch,
    OS: os ?? flags.os,
    Variant: variant ?? flags.variant,
    ...tlsVerifyInput(flags['tls-verify']),
    retry: flags.retry,
    retryDelay: flags['retry-delay'],
    credentials: flags.creds,
    authfile: flags.authfile,
    certDir: flags['cert-dir'],
  }
}
