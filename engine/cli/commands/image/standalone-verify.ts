import { command } from '../../command.ts'
import { text } from '../../parse/flags.ts'
import { print } from '../../output/print.ts'

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
    print(`Signature verified using fingerprint ${Fingerprint}, digest ${Digest}\n`)
  },
})
