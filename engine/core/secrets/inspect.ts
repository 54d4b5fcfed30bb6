import { findSecret } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { secretAnswer } from './shared.ts'
import { secretValue } from './value.ts'

/** What is known of a secret, with its value where that is asked for. */
export const inspect: Verb<'secret.inspect'> = async (context, { name, showsecret }, { signal }) => {
  const secret = findSecret(context.database, name)
  const answer = secretAnswer(secret)
  return showsecret ? { ...answer, SecretData: (await secretValue(context, secret, signal)).toString('utf8') } : answer
}
