import { text } from '../parse/flags.ts'

export const policyFlags = { policypath: text('', 'Another file than the usual policy.json') }
