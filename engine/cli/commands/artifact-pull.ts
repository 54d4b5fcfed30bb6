import { EngineError } from '../../errors/index.ts'
import { command } from '../command.ts'
import { signalWhenInterrupted } from '../interrupt.ts'
import { bool, number, text, texts } from '../parse/flags.ts'
import { showTransfer } from '../show-transfer.ts'

export const artifactPull = command({
  summary: 'Pull an OCI artifact',
  description: 'Pulls an artifact from a registry and stores it locally.',
  usage: 'ARTIFACT',
  examples: ['berth artifact pull quay.io/myimage/myartifact:latest'],
  flags: {
    authfile: text('', 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override'),
    'cert-dir': text('', 'Path of a directory containing TLS certificates and keys', { value: 'Pathname' }),
    creds: text('', 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry', { value: 'Credentials' }),
    'decryption-key': texts('', 'Key needed to decrypt the image (not supported)', { hidden: true }),
    quiet: bool('q', 'Suppress output information when pulling images'),
    retry: number('', 'number of times to retry in case of failure when performing pull', { value: 'uint' }),
    'retry-delay': text('', 'delay between retries in case of pull failures'),
    'tls-verify': bool('', 'Require HTTPS and verify certificates when contacting registries', true),
  },
  args: { min: 1, max: 1 },
  async run({ args: [name = ''], flags, engine }) {
    if (flags['decryption-key'].length > 0)
      throw new EngineError('NotSupported', 'Berth does not decrypt images: leave out --decryption-key.')
    const input = {
      name,
      quiet: flags.quiet,
      ...(flags['tls-verify'] ? {} : { tlsVerify: false }),
      retry: flags.retry,
      retryDelay: flags['retry-delay'],
      credentials: flags.creds,
      authfile: flags.authfile,
      certDir: flags['cert-dir'],
    }
    await showTransfer(await (await engine())['artifact.pull'](input, { signal: signalWhenInterrupted() }), flags.quiet)
  },
})
