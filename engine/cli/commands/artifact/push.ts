import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { onlyPushFlags, pushFlags, pushInput } from '../../flags/push-flags.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'
import { writeDigest } from '../image/push.ts'

const {
  'compression-format': _format,
  'compression-level': _level,
  'force-compression': _force,
  'remove-signatures': _signatures,
  format: _type,
  ...flags
} = pushFlags

export const artifactPush = command({
  summary: 'Push an OCI artifact',
  description: 'Push an OCI artifact from local storage to an image registry',
  usage: 'ARTIFACT',
  examples: ['berth artifact push quay.io/myimage/myartifact:latest'],
  flags: {
    ...flags,
    retry: onlyPushFlags.retry,
    'retry-delay': onlyPushFlags['retry-delay'],
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags: values, engine, remote }) {
    await requireAuthfile(values.authfile, remote)
    const { format: _, ...input } = await pushInput({
      ...values,
      'compression-format': undefined,
      'compression-level': undefined,
      'force-compression': false,
      'remove-signatures': false,
      format: undefined,
    })
    const items = await (
      await engine()
    )['artifact.push'](
      { ...input, name, retry: values.retry, retryDelay: values['retry-delay'] },
      { signal: signalWhenInterrupted() },
    )
    const digest = await showTransfer(items, values.quiet)
    if (values.digestfile !== undefined) await writeDigest(values.digestfile, digest)
  },
})
