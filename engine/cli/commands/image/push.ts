import { writeFile } from 'node:fs/promises'

import { command } from '../../command.ts'
import { ExitError } from '../../exit-code.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { onlyPushFlags, pushFlags, pushInput, refuseEncryption } from '../../flags/push-flags.ts'
import { requireAuthfile } from '../../flags/registry-flags.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'
import { fileReason } from '../../output/file-reason.ts'

export const push = command({
  summary: 'Push an image to a specified destination',
  description:
    'Pushes a source image to a specified destination.\n\nThe image "DESTINATION" uses a "transport":"details" format: a registry\'s image (docker://REGISTRY/NAME:TAG, the transport may be left out), dir:PATH, oci:PATH:NAME, oci-archive:PATH:NAME, docker-archive:PATH:NAME or containers-storage:NAME. Without it the image goes to its own name. What the registry has is not sent again, and an image that was pulled arrives under the same digest.',
  usage: 'IMAGE [DESTINATION]',
  examples: [
    'berth push imageID docker://registry.example.com/repository:tag',
    'berth push imageID oci-archive:/path/to/layout:image:tag',
  ],
  flags: { ...pushFlags, ...onlyPushFlags },
  args: { min: 1, max: 2 },
  async run({ args: [name = '', destination], flags, engine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    refuseEncryption(flags)
    const input = {
      ...(await pushInput(flags)),
      name,
      destination,
      compress: flags.compress,
      retry: flags.retry,
      retryDelay: flags['retry-delay'],
    }
    const api = await engine()
    const digest = await showTransfer(await api['image.push'](input, { signal: signalWhenInterrupted() }), flags.quiet)
    if (flags.digestfile !== undefined) await writeDigest(flags.digestfile, digest)
  },
})

/** @throws ExitError as podman's, after the image has been pushed. */
export async function writeDigest(file: string, digest: string): Promise<void> {
  try {
    await writeFile(file, digest, { mode: 0o644 })
  } catch (cause) {
    const reason = fileReason(cause)
    throw new ExitError(125, `open ${file}: ${reason}; the image was sent (${digest})`, cause)
  }
}
