import path from 'node:path'
import { type AuditFolder, openAuditFolder, systemFolder } from '../../lib/audit/folder.ts'
import type { Context } from '../context.ts'

/** Root's default store. Another one, of a test or a trial, has its own log. */
const usualRoot = '/var/lib/berth'

/** The log that this process writes itself: the system's for root, otherwise one beside the store. */
export function ownLog({ identity, root }: Pick<Context, 'identity' | 'root'>): AuditFolder {
  if (identity.rootless || root !== usualRoot) return openAuditFolder(path.join(root, 'audit'))
  return openAuditFolder(systemFolder, { system: true })
}
