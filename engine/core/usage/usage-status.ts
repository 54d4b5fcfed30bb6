import { hasUserManager } from '../../adapters/systemd.ts'
import { hostSocket, recorderStatus } from '../../usage/index.ts'
import type { Verb } from '../verb.ts'
import { ownSocket } from './read-usage.ts'

/** Who records this user's resource use, and whether a service of their own could. */
export const usageStatus: Verb<'usage.status'> = async (context) => {
  const found = (await recorderStatus(hostSocket)) ?? (await recorderStatus(ownSocket(context)))
  return {
    recorder: found?.kind ?? 'none',
    ...(found === undefined ? {} : { since: found.since }),
    service: !context.identity.rootless ? 'not-needed' : hasUserManager() ? 'possible' : 'no-systemd',
  }
}
