import { gpgSign } from '../../../adapters/gpg.ts'
import { writeFileAtomic } from '../../../lib/files/atomic-file.ts'
import { digestOf, formatReference, makePayload, toReference } from '../../../image/index.ts'
import type { Verb } from '../../verb.ts'
import { readInput } from './input-file.ts'

/** Signs a manifest's bytes for a name, as `skopeo standalone-sign` does. The signature's file appears whole or not at all. */
export const make: Verb<'signature.make'> = async (
  _context,
  { manifest, reference, key, output, passphraseFile },
  { signal },
) => {
  const digest = digestOf(await readInput(manifest))
  const payload = makePayload(
    'simple',
    { digest, identity: formatReference(toReference(reference)) },
    'berth',
    Math.floor(Date.now() / 1000),
  )
  const signature = await gpgSign({
    payload,
    key,
    ...(passphraseFile ? { passphraseFile } : {}),
    ...(signal ? { signal } : {}),
  })
  await writeFileAtomic(output, signature, { mode: 0o644 })
}
