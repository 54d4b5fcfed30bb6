import { _, C_ } from '../i18n/gettext.ts'
import type { Kind, Period, Result } from './audit-filter.ts'
import type { AuditRecord } from './use-audit.ts'

/** The interface that was used. */
export function viaTitle(via: AuditRecord['via']): string {
  if (via === 'console') return C_('audit', 'Console')
  return via === 'api' ? C_('audit', 'API socket') : C_('audit', 'Command line')
}

export const kindTitles = (): Record<Kind, string> => ({
  all: C_('audit', 'All operations'),
  session: _('Logins and sessions'),
  container: _('Containers'),
  exec: C_('audit', 'Exec sessions'),
  pod: _('Pods'),
  image: _('Images'),
  registry: _('Registries'),
  manifest: _('Manifest lists'),
  artifact: _('Artifacts'),
  volume: _('Volumes'),
  network: _('Networks'),
  secret: _('Secrets'),
  system: C_('audit', 'System'),
})

export const resultTitles = (): Record<Result, string> => ({
  all: C_('audit', 'All results'),
  ok: C_('audit', 'Succeeded'),
  failed: C_('audit', 'Failed'),
})

export const periodTitles = (): Record<Period, string> => ({
  all: C_('audit', 'Any time'),
  '1h': _('Last hour'),
  '24h': _('Last 24 hours'),
  '168h': _('Last 7 days'),
  '720h': _('Last 30 days'),
})
