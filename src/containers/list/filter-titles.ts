import { _, C_ } from '../../i18n/gettext.ts'
import { healthText } from '../../ui/container-state.tsx'
import type { FilterKind } from '../filtering.ts'

/** What a kind of filter is called. */
export const kindTitle: Record<FilterKind, () => string> = {
  status: () => _('State'),
  image: () => _('Image'),
  pod: () => _('Pod'),
  label: () => _('Label'),
}

const states: Record<string, () => string> = {
  running: () => C_('state', 'Running'),
  paused: () => C_('state', 'Paused'),
  exited: () => C_('state', 'Exited'),
  stopped: () => C_('state', 'Stopped'),
  created: () => C_('state', 'Created'),
  restarting: () => _('Restarting'),
  checkpointed: () => C_('state', 'Checkpointed'),
  'out-of-memory': () => C_('state', 'Out of memory'),
  stopping: () => C_('state', 'Stopping'),
  removing: () => C_('state', 'Removing'),
}

/** How a value of a kind is shown. */
export function valueTitle(kind: FilterKind, value: string): string {
  if (kind === 'status') return states[value]?.() ?? healthText(value) ?? C_('state', 'Unknown')
  if (kind === 'image' && /^(sha256:)?[0-9a-f]{64}$/.test(value)) return value.replace(/^sha256:/, '').slice(0, 12)
  return value
}
