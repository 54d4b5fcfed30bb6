import { command } from '../../command.ts'
import { text } from '../../parse/flags.ts'
import { UsageError } from '../../parse/usage-error.ts'

export const standaloneSign = command({
  summary: 'Create a signature using local files',
  usage: 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINT --output SIGNATURE',
  examples: [
    'berth image standalone-sign manifest.json registry.example.com/app:1 1D8230F6CDB6A06716E414C1DB72F2188BB46CC8 -o app.signature',
  ],
  flags: {
    output: text('o', 'output the signature to SIGNATURE', { value: 'SIGNATURE' }),
    'passphrase-file': text('', 'file that contains a passphrase for the key'),
  },
  args: { min: 3, max: 3 },
  local: true,
  async run({ args: [manifest, reference, key], flags, engine }) {
    if (!flags.output) throw new UsageError('name the file for the signature with --output')
    await (
      await engine()
    )['signature.make']({
      manifest: manifest!,
      reference: reference!,
      key: key!,
      output: flags.output,
      ...(flags['passphrase-file'] ? { passphraseFile: flags['passphrase-file'] } : {}),
    })
  },
})
