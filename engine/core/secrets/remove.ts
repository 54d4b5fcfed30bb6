import { deleteSecret, findSecret } from '../../store/index.ts'
import type { Verb } from '../verb.ts'
import { driverOf } from './drivers/index.ts'
import { secretEvent, withSecretsLock } from './shared.ts'

/** Removes a secret: its value first, so that no value is left of which nothing is known. */
export const remove: Verb<'secret.remove'> = async (context, { name }, { signal }) =>
  withSecretsLock(context, async () => {
    const secret = findSecret(context.database, name)
    await (await driverOf(context, secret)).delete(secret.id, signal)
    await context.database.transaction(() => deleteSecret(context.database, secret.id))
    secretEvent(context, 'remove', secret)
  })
