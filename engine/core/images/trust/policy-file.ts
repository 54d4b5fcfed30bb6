import { homedir } from 'node:os'
import { join } from 'node:path'

import { parsePolicy, type Policy } from '../../../image/index.ts'
import { readBounded } from '../../../lib/atomic-file.ts'

const maxBytes = 16 * 1024 * 1024

/** Where policy.json is looked for; the first one that is there counts (containers-policy.json(5)). */
export function policyFiles(): string[] {
  return [join(homedir(), '.config/containers/policy.json'), '/etc/containers/policy.json']
}

/** What is in force where no policy was written: what every distribution ships (docs/decisions). */
const acceptAnything: Policy = { default: [{ type: 'insecureAcceptAnything' }], transports: new Map() }

/**
 * The policy in force.
 * @param file another one than the usual; it must be there.
 * @throws PolicyInvalid
 */
export async function readPolicy(file?: string): Promise<Policy> {
  for (const name of file === undefined ? policyFiles() : [file]) {
    const text = await readBounded(name, maxBytes)
    if (text !== undefined) return parsePolicy(text, name)
  }
  return file === undefined ? acceptAnything : parsePolicy('', file)
}
