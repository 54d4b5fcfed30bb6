import type { Input } from '../../contract/index.ts'
import { bool, type Flag, type Flags, number, text } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { maybe } from '../flags/registry-flags.ts'
import { milliseconds } from './duration.ts'

/** Flags for access to one location; copies have them twice, prefixed with `src-` and `dest-`. */
export const placeFlags = {
  authfile: text('', 'path of the authentication file. Default is ${XDG_RUNTIME_DIR}/containers/auth.json'),
  'cert-dir': text('', 'use certificates at PATH (*.crt, *.cert, *.key) to connect to the registry or daemon', { value: 'PATH' }),
  creds: text('', 'Use USERNAME[:PASSWORD] for accessing the registry', { value: 'USERNAME[:PASSWORD]' }),
  'no-creds': bool('', 'Access the registry anonymously'),
  password: text('', 'Password for accessing the registry'),
  'registry-token': text('', 'Provide a Bearer token for accessing the registry'),
  'tls-verify': maybe('', 'require HTTPS and verify certificates when talking to the container registry or daemon'),
  username: text('', 'Username for accessing the registry'),
}

/** What images beside those of registries need. */
export const imageFlags = {
  'daemon-host': text('', 'use docker daemon host at HOST (docker-daemon: only)', { value: 'HOST' }),
  'shared-blob-dir': text('', 'DIRECTORY to use to share blobs across OCI repositories', { value: 'DIRECTORY' }),
}

export const retryFlags = {
  'retry-delay': text('', 'Fixed delay between retries. If not set, retry uses an exponential backoff delay.', {
    value: 'duration',
  }),
  'retry-times': number('', 'the number of times to possibly retry'),
}

/** Flags of a copy's and a sync's signatures. */
export const signFlags = {
  'remove-signatures': bool('', 'Do not copy signatures from SOURCE-IMAGE'),
  'sign-by': text('', 'Sign the image using a GPG key with the specified FINGERPRINT', { value: 'FINGERPRINT' }),
  'sign-by-sigstore': text('', 'Sign the image using a sigstore parameter file at PATH', { value: 'PATH' }),
  'sign-by-sigstore-private-key': text('', 'Sign the image using a sigstore private key at PATH', { value: 'PATH' }),
  'sign-passphrase-file': text('', 'Read a passphrase for signing an image from PATH', { value: 'PATH' }),
}

/** Of a list, another image than this machine's. Skopeo has these before its commands' names. */
export const platformFlags = {
  'override-arch': text('', 'use ARCH instead of the architecture of the machine for choosing images', {
    value: 'ARCH',
    aliases: ['arch'],
  }),
  'override-os': text('', 'use OS instead of the running OS for choosing images', { value: 'OS', aliases: ['os'] }),
  'override-variant': text('', 'use VARIANT instead of the running architecture variant for choosing images', {
    value: 'VARIANT',
    aliases: ['variant'],
  }),
}

/** Trust settings. Skopeo has these before its commands' names. */
export const trustFlags = {
  'insecure-policy': bool('', 'run the tool without any policy check'),
  policy: text('', 'Path to a trust policy file'),
}

/** Skopeo had one flag for both sides once. */
export const oldTlsFlag = {
  'tls-verify': { ...placeFlags['tls-verify'], hidden: true } satisfies Flag<boolean | undefined>,
}

type Prefixed<P extends string, F extends Flags> = { [K in keyof F & string as `${P}${K}`]: F[K] }

/** The same flags with `src-` or `dest-` in front. */
export function prefixed<const P extends string, F extends Flags>(prefix: P, flags: F): Prefixed<P, F> {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [`${prefix}${name}`, flag])) as Prefixed<P, F>
}

type Given = Readonly<Record<string, unknown>>
const textOf = (flags: Given, name: string): string | undefined => flags[name] as string | undefined

/** The input of one side's flags. @throws UsageError */
export function placeInput(flags: Given, prefix: '' | 'src-' | 'dest-' = '') {
  const of = (name: string): string | undefined => textOf(flags, `${prefix}${name}`)
  const anonymous = flags[`${prefix}no-creds`] === true
  return {
    tlsVerify: (flags[`${prefix}tls-verify`] ?? flags['tls-verify']) as boolean | undefined,
    authfile: of('authfile') ?? textOf(flags, 'authfile'),
    certDir: of('cert-dir'),
    credentials: credentialsOf(of('creds'), of('username'), of('password'), anonymous),
    registryToken: of('registry-token'),
    daemonHost: of('daemon-host'),
    sharedBlobDir: of('shared-blob-dir'),
    anonymous,
  }
}

/** @throws UsageError */
function credentialsOf(
  creds: string | undefined,
  username: string | undefined,
  password: string | undefined,
  anonymous: boolean,
): string | undefined {
  if (username !== undefined && password === undefined)
    throw new UsageError('password must be specified when username is specified')
  if (password !== undefined && username === undefined)
    throw new UsageError('username must be specified when password is specified')
  if (creds !== undefined && username !== undefined)
    throw new UsageError('creds and username cannot be specified at the same time')
  if (anonymous && creds !== undefined) throw new UsageError('creds and no-creds cannot be specified at the same time')
  if (anonymous && username !== undefined) throw new UsageError('username and no-creds cannot be specified at the same time')
  if (username !== undefined) return `${username}:${password}`
  if (creds === undefined) return undefined
  if (creds === '') throw new UsageError("credentials can't be empty")
  if (creds.startsWith(':')) throw new UsageError("username can't be empty")
  return creds.includes(':') ? creds : `${creds}:`
}

/** The input of both sides' flags to `image.copy` and `image.sync`. @throws UsageError */
export function bothSidesInput(flags: Given) {
  const src = placeInput(flags, 'src-')
  const dest = placeInput(flags, 'dest-')
  return {
    srcTlsVerify: src.tlsVerify,
    srcAuthfile: src.authfile,
    srcCertDir: src.certDir,
    srcCredentials: src.credentials,
    srcRegistryToken: src.registryToken,
    srcDaemonHost: src.daemonHost,
    srcSharedBlobDir: src.sharedBlobDir,
    srcAnonymous: src.anonymous,
    destTlsVerify: dest.tlsVerify,
    destAuthfile: dest.authfile,
    destCertDir: dest.certDir,
    destCredentials: dest.credentials,
    destRegistryToken: dest.registryToken,
    destDaemonHost: dest.daemonHost,
    destSharedBlobDir: dest.sharedBlobDir,
    destAnonymous: dest.anonymous,
    ...retryInput(flags),
    ...platformInput(flags),
    ...trustInput(flags),
    ...signInput(flags),
    preserveDigests: flags['preserve-digests'] === true,
    ...formatInput(textOf(flags, 'format')),
  }
}

/** @throws UsageError */
export function retryInput(flags: Given) {
  const retryDelay = textOf(flags, 'retry-delay')
  const wait = retryDelay === undefined ? 0 : milliseconds(retryDelay, 'retry-delay')
  // Without a delay, or with 0, the backoff is exponential.
  return { retry: flags['retry-times'] as number | undefined, retryDelay: wait > 0 ? `${wait}ms` : undefined }
}

export const platformInput = (flags: Given) => ({
  arch: textOf(flags, 'override-arch'),
  os: textOf(flags, 'override-os'),
  variant: textOf(flags, 'override-variant'),
})

const trustInput = (flags: Given) => ({
  insecurePolicy: flags['insecure-policy'] === true,
  policy: textOf(flags, 'policy'),
})

const signInput = (flags: Given) => ({
  removeSignatures: flags['remove-signatures'] === true,
  signBy: textOf(flags, 'sign-by'),
  signBySigstore: textOf(flags, 'sign-by-sigstore'),
  signBySigstorePrivateKey: textOf(flags, 'sign-by-sigstore-private-key'),
  signPassphraseFile: textOf(flags, 'sign-passphrase-file'),
})

function formatInput(format: string | undefined): Pick<Input<'image.copy'>, 'format'> {
  if (format === undefined) return {}
  if (format === 'oci' || format === 'v2s2' || format === 'v2s1') return { format }
  throw new UsageError(`unknown format ${JSON.stringify(format)}. Choose one of the supported formats: 'oci', 'v2s1', or 'v2s2'`)
}
