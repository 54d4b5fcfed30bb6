import { command } from '../command.ts'
import { signalWhenInterrupted } from '../interrupt.ts'
import { bool, words } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'
import { pushFlags, pushInput } from '../push-flags.ts'
import { showTransfer } from '../show-transfer.ts'
import { writeDigest } from './push.ts'

export const manifestPush = command({
  summary: 'Push a manifest list or image index to a registry',
  description: 'Pushes a manifest list or image index, and its images, to a registry or to another place that holds lists.',
  usage: 'LIST [DESTINATION]',
  examples: ['berth manifest push mylist:v1.11 docker://quay.io/myuser/image:v1.11'],
  flags: {
    ...pushFlags,
    'add-compression': words('', 'add instances with selected compression while pushing'),
    all: bool('', 'also push the images in the list', true),
    // Docker's and podman's older word for it.
    purge: bool('p', 'remove the local manifest list after push', false, { hidden: true }),
    rm: bool('', 'remove the manifest list if push succeeds'),
  },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', destination = name], flags, engine }) {
    const { format } = flags
    if (format !== undefined && format !== 'oci' && format !== 'v2s2' && format !== 'docker')
      throw new UsageError(`unknown format ${JSON.stringify(format)}. Choose one of the supported formats: 'oci' or 'v2s2'`)
    const { format: _, ...input } = pushInput({ ...flags, format: undefined })
    const api = await engine()
    const items = await api['manifest.push'](
      {
        ...input,
        ...(format ? { format: format === 'oci' ? 'oci' : 'v2s2' } : {}),
        name,
        destination,
        all: flags.all,
        addCompression: flags['add-compression'],
      },
      { signal: signalWhenInterrupted() },
    )
    const digest = await showTransfer(items, flags.quiet)
    if (flags.digestfile !== undefined) await writeDigest(flags.digestfile, digest)
    if (flags.rm || flags.purge) await api['manifest.remove']({ name })
  },
})
