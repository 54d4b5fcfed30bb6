import { accessSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { homedir } from 'node:os'

import { EngineError } from '../../../errors/index.ts'
import { parsePolicy } from '../../../image/index.ts'
import { writeFileAtomicSync } from '../../../lib/files/atomic-file.ts'
import { identity } from '../../../lib/process/identity.ts'
import type { Verb } from '../../verb.ts'
import { policyFiles } from './policy-file.ts'

type Document = { default: unknown[]; transports?: Record<string, Record<string, unknown[]>> }

/** Sets what policy.json demands of a registry's images. The file is replaced as a whole, or not at all. */
export const set: Verb<'trust.set'> = async (_context, { registry, type, keys, policyPath }) => {
  const requirement = toRequirement(type, keys)
  const file = policyPath ?? policyFiles().find((each) => existsSync(each)) ?? ownFile()
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{"default":[{"type":"insecureAcceptAnything"}]}'
  parsePolicy(text, file)
  const document = JSON.parse(text) as Document
  if (registry === 'default') document.default = [requirement]
  else {
    document.transports ??= {}
    document.transports['docker'] ??= {}
    document.transports['docker'][registry] = [requirement]
  }
  const changed = `${JSON.stringify(document, null, 4)}\n`
  parsePolicy(changed, file)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileAtomicSync(file, changed, { mode: 0o644 })
  } catch (error) {
    throw new EngineError(
      'AccessDenied',
      `The signature policy ${file} cannot be written: ${(error as Error).message}. A policy of your own is at ${ownFile()}.`,
      { details: { file }, cause: error },
    )
  }
}

function ownFile(): string {
  return identity().inUserNamespace ? join(homedir(), '.config/containers/policy.json') : '/etc/containers/policy.json'
}

function toRequirement(type: 'signedBy' | 'sigstoreSigned' | 'accept' | 'reject', keys: readonly string[]): object {
  if (type === 'accept') return { type: 'insecureAcceptAnything' }
  if (type === 'reject') return { type: 'reject' }
  if (keys.length === 0) throw new EngineError('InvalidArgument', `at least one public key must be defined for type '${type}'`)
  for (const key of keys) {
    if (!isAbsolute(key)) throw new EngineError('InvalidArgument', `The key ${key} must be given by its absolute path.`)
    try {
      accessSync(key)
    } catch (error) {
      throw new EngineError('InvalidArgument', `The key ${key} cannot be read: ${(error as Error).message}.`, { cause: error })
    }
  }
  const [first] = keys
  const source = keys.length === 1 ? { keyPath: first } : { keyPaths: keys }
  return { type, ...(type === 'signedBy' ? { keyType: 'GPGKeys' } : {}), ...source }
}
