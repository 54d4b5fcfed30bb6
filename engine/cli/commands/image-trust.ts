import { command } from '../command.ts'
import { goJson } from '../output/go-json.ts'
import { renderRows } from '../output/report.ts'
import { bool, text, texts, textOr } from '../parse/flags.ts'

const policyFlags = { policypath: text('', 'Another file than the usual policy.json') }

export const imageTrustShow = command({
  summary: 'Display trust policy for the system',
  description: 'Shows which images policy.json lets in, and by which keys.',
  usage: '[REGISTRY]',
  examples: ['berth image trust show', 'berth image trust show --json quay.io'],
  flags: {
    ...policyFlags,
    registrypath: text('', 'Another folder than the usual registries.d'),
    json: bool('j', 'Output as json'),
    noheading: bool('n', 'Do not print column headings'),
    raw: bool('', 'Output raw policy file'),
  },
  args: { max: 1 },
  async run({ args: [registry], flags, engine }) {
    const shown = await (
      await engine()
    )['trust.show']({
      ...(registry ? { registry } : {}),
      ...(flags.policypath ? { policyPath: flags.policypath } : {}),
      ...(flags.registrypath ? { registryPath: flags.registrypath } : {}),
    })
    if (flags.raw) return void process.stdout.write(`${shown.Raw.trimEnd()}\n`)
    if (flags.json) return void process.stdout.write(`${goJson(shown.Policies, 2)}\n`)
    const rows = shown.Policies.map(({ transport, repo_name = '', type, gpg_id, keys, sigstore = '' }) => ({
      Transport: transport,
      RepoName: repo_name,
      Type: type,
      GPGId: gpg_id ?? keys?.join(', ') ?? '',
      SignatureStore: sigstore,
    }))
    process.stdout.write(
      renderRows(rows, {
        name: 'image trust show',
        type: 'trust.Policy',
        normal: '{{.Transport}}\t{{.RepoName}}\t{{.Type}}\t{{.GPGId}}\t{{.SignatureStore}}',
        headings: { RepoName: 'NAME', GPGId: 'ID', SignatureStore: 'STORE' },
        noHeading: flags.noheading,
      }),
    )
  },
})

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
