import { exportKeys, gpgVerify } from '../../../adapters/gpg.ts'
import { EngineError } from '../../../errors/index.ts'
import { digestOf, formatReference, parsePayload, toReference } from '../../../image/index.ts'
import type { Verb } from '../../verb.ts'
import { readInput } from './input-file.ts'

/** Verifies a signature of a manifest's bytes, as `skopeo standalone-verify` does: with keys of a file, or of the caller's keyring. */
export const verify: Verb<'signature.verify'> = async (_context, input, { signal }) => {
  const { manifest, reference, fingerprints, signature, publicKeyFile } = input
  const wanted = fingerprints === 'any' ? undefined : fingerprints.split(',').map((each) => each.trim().toUpperCase())
  if (!wanted && publicKeyFile === undefined)
    throw new EngineError('InvalidArgument', 'Any fingerprint is only accepted together with a file of public keys.')
  const keys = publicKeyFile === undefined ? await exportKeys(wanted ?? [], signal) : await readInput(publicKeyFile)
  const digest = digestOf(await readInput(manifest))
  const verified = await gpgVerify(await readInput(signature), [keys], signal)
  if (wanted && !wanted.includes(verified.fingerprint))
    throw new EngineError('SignatureInvalid', `The signature is by ${verified.fingerprint}, not by ${wanted.join(' or ')}.`)
  const claim = parsePayload('simple', verified.payload)
  const name = formatReference(toReference(reference))
  if (claim.identity !== name)
    throw new EngineError('SignatureInvalid', `Docker reference "${claim.identity}" does not match "${name}".`)
  if (claim.digest !== digest) throw new EngineError('SignatureInvalid', `The signature is for other content, ${claim.digest}.`)
  return { Fingerprint: verified.fingerprint, Digest: digest }
}
