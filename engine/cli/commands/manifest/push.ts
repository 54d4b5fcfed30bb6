import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool, text, words } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { pushFlags, pushInput } from '../../flags/push-flags.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'
import { writeDigest } from '../image/push.ts'

const said = <T extends { help: string }>(flag: T, help: string): T => ({ ...flag, help })

/** The same flags as for an image, with podman's message for a list. */
const listWords = {
  authfile: said(pushFlags.authfile, 'path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
  'cert-dir': said(pushFlags['cert-dir'], 'use certificates at the specified path to access the registry'),
  creds: text('', 'use [username[:password]] for accessing the registry', { value: '[username[:password]]' }),
  digestfile: said(pushFlags.digestfile, 'after copying the image, write the digest of the resulting digest to the file'),
  format: said(
    pushFlags.format,
    'manifest type (oci or v2s2) to attempt to use when pushing the manifest list (default is manifest type of source)',
  ),
  quiet: said(pushFlags.quiet, "don't output progress information when pushing lists"),
  'remove-signatures': said(pushFlags['remove-signatures'], "don't copy signatures when pushing images"),
  'sign-by': text('', 'sign the image using a GPG key with the specified FINGERPRINT', { value: 'FINGERPRINT' }),
  'tls-verify': said(pushFlags['tls-verify'], 'require HTTPS and verify certificates when accessing the registry (default true)'),
}

export const manifestPush = command({
  summary: 'Push a manifest list or image index to a registry',
  description: 'Pushes a manifest list or image index, and its images, to a registry or to another place that holds lists.',
  usage: 'LIST [DESTINATION]',
  examples: ['berth manifest push mylist:v1.11 docker://quay.io/myuser/image:v1.11'],
  flags: {
    ...pushFlags,
    ...listWords,
    'add-compression': words('', 'add instances with selected compression while pushing'),
    all: bool('', 'also push the images in the list', true),
    // Docker's and podman's older name for it.
    purge: bool('p', 'remove the local manifest list after push', false, { hidden: true }),
    rm: bool('', 'remove the manifest list if push succeeds'),
  },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', destination = name], flags, engine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    const { format } = flags
    if (format !== undefined && format !== 'oci' && format !== 'v2s2' && format !== 'docker')
      throw new UsageError(`unknown format ${JSON.stringify(format)}. Choose one of the supported formats: 'oci' or 'v2s2'`)
    const { format: _, ...input } = await pushInput({ ...flags, format: undefined })
    const api = await engine()
    const items = await api['manifest.push'](
      {
        ...input,
        ...(format ? { format: format === 'oci' ? 'oci' : 'v2s2' } : {}),
        name,
        destination,
        all: flags.all,
        ...(flags['add-compression'].length > 0 ? { addCompression: flags['add-compression'] } : {}),
      },
      { signal: signalWhenInterrupted() },
    )
    const digest = await showTransfer(items, flags.quiet)
    if (flags.digestfile !== undefined) await writeDigest(flags.digestfile, digest)
    if (flags.rm || flags.purge) await api['manifest.remove']({ name })
  },
})
