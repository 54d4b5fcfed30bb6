import { command } from '../../command.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'
import { print } from '../../output/print.ts'

export const generateSigstoreKey = command({
  summary: 'Generate a sigstore public/private key pair',
  usage: '--output-prefix PREFIX',
  examples: ['berth image generate-sigstore-key --output-prefix mykey --passphrase-file secret'],
  flags: {
    'output-prefix': text('', 'Write the keys to PREFIX.pub and PREFIX.private', { value: 'PREFIX' }),
    'passphrase-file': text('', 'Read a passphrase for the private key from PATH; without it the key has an empty one', {
      value: 'PATH',
    }),
  },
  args: { max: 0 },
  local: true,
  async run({ flags, engine }) {
    if (!flags['output-prefix']) throw new UsageError('--output-prefix is required')
    const { PrivateKey, PublicKey } = await (
      await engine()
    )['signature.generateKey']({
      outputPrefix: flags['output-prefix'],
      ...(flags['passphrase-file'] ? { passphraseFile: flags['passphrase-file'] } : {}),
    })
    print(`Key written to "${PrivateKey}" and "${PublicKey}"\n`)
  },
})
