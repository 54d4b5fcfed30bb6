import type { ComponentProps } from 'react'

import { useEngine } from '../../../engine/engine-context.tsx'
import { formatMemory, formatNumber } from '../../../i18n/format.ts'
import { _, format } from '../../../i18n/gettext.ts'
import { TextField } from '../../../ui/dialogs/fields.tsx'
import type { checkDraft } from '../container-fields.ts'
import type { Draft } from '../draft.ts'
import { MemoryUnitSelect } from './memory-unit.tsx'

interface LimitInputsProps {
  draft: Draft
  errors: ReturnType<typeof checkDraft>
  set: (change: Partial<Draft>) => void
}

/** A limit that is typed. */
type Name = 'memory' | 'cpus' | 'pids' | 'reservation' | 'swap' | 'shares' | 'cpuset' | 'blockWeight'

/** All limits that a running container can be given. */
export function LimitInputs({ draft, errors, set }: LimitInputsProps) {
  const { info } = useEngine()
  const input = (name: Name, label: string, help: string, others: Partial<ComponentProps<typeof TextField>> = {}) => (
    <TextField
      label={label}
      value={draft[name]}
      onChange={(value) => set({ [name]: value })}
      error={errors[name]}
      placeholder={_('None')}
      help={help}
      {...others}
    />
  )
  const unit = <MemoryUnitSelect value={draft.memoryUnit} onChange={(memoryUnit) => set({ memoryUnit })} />
  const memory = format(_('The host has {memory}.'), { memory: formatMemory(info.host.memTotal) })
  const cpus = format(_('Number of CPUs, such as 1.5. The host has {count}.'), { count: formatNumber(info.host.cpus) })
  return (
    <div className="berth-columns berth-columns-two">
      {input('memory', _('Memory limit'), memory, { beside: unit })}
      {input('cpus', _('CPU limit'), cpus)}
      {input('reservation', _('Memory reservation'), _('A soft limit that applies while the host is short of memory.'))}
      {input('shares', _('CPU shares'), _('Relative weight compared with other containers.'), { placeholder: '1024' })}
      {input('swap', _('Memory and swap'), _('Both together; -1 for no limit.'), { placeholder: _('Twice the memory limit') })}
      {input('cpuset', _('CPU set'), _('Such as 0-3 or 0,2.'), { placeholder: _('All') })}
      {input('pids', _('PID limit'), _('The number of processes and threads.'), { placeholder: _('Default') })}
      {input('blockWeight', _('Block I/O weight'), _('Relative weight, from 10 to 1000.'), { placeholder: '500' })}
    </div>
  )
}
