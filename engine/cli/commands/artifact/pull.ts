import { withPassword } from '../../terminal/ask-password.ts'
import { command } from '../../command.ts'
import { signalWhenInterrupted } from '../../terminal/interrupt.ts'
import { bool } from '../../parse/flags.ts'
import { decryptionKey, refuseKeys, registryFlags, requireAuthfile, tlsVerifyInput } from '../../flags/registry-flags.ts'
import { showTransfer } from '../../transfer/show-transfer.ts'

export const artifactPull = command({
  summary: 'Pull an OCI artifact',
  description: 'Pulls an artifact from a registry and stores it locally.',
  usage: 'ARTIFACT',
  examples: ['berth artifact pull quay.io/myimage/myartifact:latest'],
  flags: {
    authfile: registryFlags.authfile,
    'cert-dir': registryFlags['cert-dir'],
    creds: registryFlags.creds,
    'decryption-key': decryptionKey,
    quiet: bool('q', 'Suppress output information when pulling images'),
    retry: registryFlags.retry,
    'retry-delay': registryFlags['retry-delay'],
    'tls-verify': registryFlags['tls-verify'],
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine, remote }) {
    await requireAuthfile(flags.authfile, remote)
    refuseKeys(flags['decryption-key'])
    const input = {
      name,
      quiet: flags.quiet,
      ...tlsVerifyInput(flags['tls-verify']),
      retry: flags.retry,
      retryDelay: flags['retry-delay'],
      credentials: await withPassword(flags.creds),
      authfile: flags.authfile,
      certDir: flags['cert-dir'],
    }
    await showTransfer(await (await engine())['artifact.pull'](input, { signal: signalWhenInterrupted() }), flags.quiet)
  },
})
