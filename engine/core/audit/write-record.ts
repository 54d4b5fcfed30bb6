import { auditSocket, sendRecord } from '../../lib/audit/client.ts'
import { type AuditClaim, checkClaim, cleanAddress, newRecordId } from '../../lib/audit/record.ts'
import type { Context } from '../context.ts'
import { ownLog } from './own-log.ts'

/**
 * Writes an audit record asynchronously: root into its own log, others through the audit service, or into their own log if there is
 * none. A record that cannot be written is logged as a warning; the operation still succeeds.
 */
export function writeRecord(
  context: Context,
  done: Pick<AuditClaim, 'operation' | 'object' | 'objectId' | 'result' | 'duration'>,
): void {
  const claim = checkClaim({ ...done, ...callerOf(context) })
  if (claim === undefined) return
  const work = write(context, claim).catch((error: unknown) =>
    context.log.warn(`The audit log cannot be written: ${(error as Error).message}`, { operation: claim.operation }),
  )
  context.unwritten.add(work)
  void work.then(() => context.unwritten.delete(work))
}

async function write(context: Context, claim: AuditClaim): Promise<void> {
  const { rootless, realUid: uid, userName: user } = context.identity
  const [id, time] = [newRecordId(), new Date().toISOString()]
  if (rootless && (await sendRecord(auditSocket, claim))) return
  const source = rootless ? 'own' : 'engine'
  await ownLog(context).append('audit', { id, time, uid, user, ...claim, pid: process.pid, source })
}

/** The caller, as far as this process knows. All of it is a claim: the user controls the environment. */
function callerOf({ options, identity }: Context): Pick<AuditClaim, 'via' | 'address' | 'login'> {
  const { COCKPIT_REMOTE_PEER, SSH_CONNECTION, SUDO_USER } = process.env
  const { via = 'cli', address } = options.caller ?? {}
  const from = cleanAddress(address ?? COCKPIT_REMOTE_PEER) ?? cleanAddress(SSH_CONNECTION?.split(' ')[0])
  return {
    via,
    ...(from === undefined ? {} : { address: from }),
    ...(!identity.rootless && SUDO_USER !== undefined ? { login: SUDO_USER } : {}),
  }
}
