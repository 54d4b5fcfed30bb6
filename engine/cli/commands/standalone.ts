import { command } from '../command.ts'
import { text } from '../parse/flags.ts'
import { UsageError } from '../parse/usage-error.ts'

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

export const standaloneVerify = command({
  summary: 'Verify a signature using local files',
  usage: 'MANIFEST DOCKER-REFERENCE KEY-FINGERPRINTS SIGNATURE',
  examples: [
    'berth image standalone-verify --public-key-file key.asc manifest.json registry.example.com/app:1 any app.signature',
  ],
  flags: { 'public-key-file': text('', 'File containing public keys. If not specified, will use local GPG keys.') },
  args: { min: 4, max: 4 },
  local: true,
  async run({ args: [manifest, reference, fingerprints, signature], flags, engine }) {
    const { Fingerprint, Digest } = await (
      await engine()
    )['signature.verify']({
      manifest: manifest!,
      reference: reference!,
      fingerprints: fingerprints!,
      signature: signature!,
      ...(flags['public-key-file'] ? { publicKeyFile: flags['public-key-file'] } : {}),
    })
    process.stdout.write(`Signature verified using fingerprint ${Fingerprint}, digest ${Digest}\n`)
  },
})

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
    process.stdout.write(`Key written to "${PrivateKey}" and "${PublicKey}"\n`)
  },
})
