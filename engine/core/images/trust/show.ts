import type { Output } from '../../../contract/index.ts'
import { parsePolicy, type Requirement } from '../../../image/index.ts'
import type { Verb } from '../../verb.ts'
import { readPolicyText } from './policy-file.ts'
import { signatureStoreTexts } from './signature-stores.ts'

type Row = Output<'trust.show'>['Policies'][number]

/** What is shown where no policy was written. */
const acceptAnything = '{"default":[{"type":"insecureAcceptAnything"}]}'

/** What policy.json says, a row for each scope and requirement. */
export const show: Verb<'trust.show'> = async (_context, { registry, policyPath, registryPath }) => {
  const { file, text: raw } = (await readPolicyText(policyPath)) ?? { file: '', text: acceptAnything }
  const policy = parsePolicy(raw, file)
  const stores = await signatureStoreTexts(registryPath)
  const rows: Row[] = policy.default.map((each) => ({
    transport: 'all',
    name: '* (default)',
    repo_name: 'default',
    ...shape(each),
  }))
  for (const [transport, scopes] of byName(policy.transports)) {
    for (const [scope, requirements] of byName(scopes)) {
      const named = scope === '' ? {} : { name: scope, repo_name: scope }
      const store = stores.get(scope) ?? stores.get('')
      for (const each of requirements) {
        const signed = each.type === 'signedBy' && store !== undefined ? { sigstore: store } : {}
        rows.push({ transport: transport === 'docker' ? 'repository' : transport, ...named, ...shape(each), ...signed })
      }
    }
  }
  const wanted = registry === undefined ? rows : rows.filter(({ repo_name }) => repo_name === 'default' || repo_name === registry)
  return { File: file, Raw: raw, Policies: wanted }
}

const byName = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))

const types: Record<Requirement['type'], string> = {
  insecureAcceptAnything: 'accept',
  reject: 'reject',
  signedBy: 'signed',
  sigstoreSigned: 'sigstoreSigned',
}

function shape(requirement: Requirement): Pick<Row, 'type' | 'keys' | 'gpg_id'> {
  const keys = 'keys' in requirement && requirement.keys.paths.length > 0 ? { keys: requirement.keys.paths } : {}
  return { type: types[requirement.type], ...keys, ...(requirement.type === 'sigstoreSigned' ? { gpg_id: 'N/A' } : {}) }
}
