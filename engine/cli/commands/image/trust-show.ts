import { command } from '../../command.ts'
import { goJson } from '../../output/go-json.ts'
import { renderRows } from '../../output/report.ts'
import { bool, text } from '../../parse/flags.ts'
import { policyFlags } from '../../flags/policy-flags.ts'
import { print } from '../../output/print.ts'

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
    if (flags.raw) return print(`${shown.Raw.trimEnd()}\n`)
    if (flags.json) return print(`${goJson(shown.Policies, 2)}\n`)
    const rows = shown.Policies.map(({ transport, repo_name = '', type, gpg_id, keys, sigstore = '' }) => ({
      Transport: transport,
      RepoName: repo_name,
      Type: type,
      GPGId: gpg_id ?? keys?.join(', ') ?? '',
      SignatureStore: sigstore,
    }))
    print(
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
