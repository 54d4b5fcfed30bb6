import { homedir } from 'node:os'
import { join } from 'node:path'

import { EngineError } from '../../../errors/index.ts'
import { parsePolicy, type Policy } from '../../../image/index.ts'
import { readBounded } from '../../../lib/files/atomic-file.ts'

const maxBytes = 16 * 1024 * 1024

/** Where policy.json is looked for; the first one that is there counts (containers-policy.json(5)). */
export function policyFiles(): string[] {
  return [join(homedir(), '.config/containers/policy.json'), '/etc/containers/policy.json']
}

/** The default policy: what every distribution ships (docs/decisions). */
const acceptAnything: Policy = { default: [{ type: 'insecureAcceptAnything' }], transports: new Map() }

/**
 * The text of the policy in force, and the file it is in; `undefined` where no policy was written.
 *
 * @param file another one than the usual; it must be there.
 * @throws EngineError `PolicyInvalid`, naming the file.
 */
export async function readPolicyText(file?: string): Promise<{ file: string; text: string } | undefined> {
  for (const name of file === undefined ? policyFiles() : [file]) {
    const text = await readBounded(name, maxBytes).catch((cause: unknown) => {
      if (cause instanceof EngineError) throw cause
      const { code } = cause as NodeJS.ErrnoException
      throw new EngineError('PolicyInvalid', `The signature policy ${name} cannot be read (${code}): check its permissions.`, {
        details: { file: name },
        cause,
      })
    })
    if (text !== undefined) return { file: name, text }
  }
  if (file === undefined) return undefined
  throw new EngineError(
    'PolicyInvalid',
    `There is no signature policy ${file}: check its path, or name none for the usual one.`,
    {
      details: { file },
    },
  )
}

/**
 * The policy in force.
 *
 * @param file another one than the usual; it must be there.
 * @throws EngineError `PolicyInvalid`
 */
export async function readPolicy(file?: string): Promise<Policy> {
  const found = await readPolicyText(file)
  return found === undefined ? acceptAnything : parsePolicy(found.text, found.file)
}
