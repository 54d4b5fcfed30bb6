import { command } from '../../command.ts'
import { texts, textOr } from '../../parse/flags.ts'
import { policyFlags } from '../../flags/policy-flags.ts'

export const imageTrustSet = command({
  summary: 'Set default trust policy or a new trust policy for a registry',
  description: 'Sets what policy.json demands of the images of a registry or repository; of all others, with the name default.',
  usage: 'REGISTRY',
  examples: [
    'berth image trust set --type reject default',
    'berth image trust set -f /etc/pki/vendor.gpg registry.example.com/vendor',
  ],
  flags: {
    ...policyFlags,
    pubkeysfile: texts('f', 'Path of installed public key(s) to trust for REGISTRY'),
    type: textOr('t', 'Trust type, accept values: signedBy(default), sigstoreSigned, accept, reject', 'signedBy', {
      choices: ['accept', 'reject', 'signedBy', 'sigstoreSigned'],
      refusal: "invalid choice: {value} (choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')",
    }),
  },
  args: { min: 1, max: 1 },
  async run({ args, flags, engine }) {
    await (
      await engine()
    )['trust.set']({
      registry: args[0]!,
      type: flags.type as 'signedBy',
      keys: flags.pubkeysfile,
      ...(flags.policypath ? { policyPath: flags.policypath } : {}),
    })
  },
})
