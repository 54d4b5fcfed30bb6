import { existsSync, rmSync, writeFileSync } from 'node:fs'

import { EngineError } from '../../../errors/index.ts'
import { generateSigstoreKey } from '../../../image/index.ts'
import type { Verb } from '../../verb.ts'
import { readInput } from './input-file.ts'

/** Makes a sigstore key pair, `PREFIX.private` (encrypted, 0600) and `PREFIX.pub`; files that are there are never replaced. */
export const generateKey: Verb<'signature.generateKey'> = async (_context, { outputPrefix, passphraseFile }) => {
  const files = { PrivateKey: `${outputPrefix}.private`, PublicKey: `${outputPrefix}.pub` }
  for (const file of Object.values(files)) {
    if (existsSync(file))
      throw new EngineError('InvalidArgument', `Refusing to overwrite existing "${file}".`, { details: { file } })
  }
  const text = passphraseFile === undefined ? '' : (await readInput(passphraseFile)).toString('utf8')
  const { privateKey, publicKey } = await generateSigstoreKey(text.split('\n', 1)[0]!.replace(/\r$/, ''))
  let made = false
  try {
    writeFileSync(files.PrivateKey, privateKey, { mode: 0o600, flag: 'wx' })
    made = true
    writeFileSync(files.PublicKey, publicKey, { mode: 0o644, flag: 'wx' })
  } catch (error) {
    // Another process may have just created one.
    if (made) rmSync(files.PrivateKey, { force: true })
    throw new EngineError('AccessDenied', `The keys cannot be written: ${(error as Error).message}.`, { cause: error })
  }
  return files
}
