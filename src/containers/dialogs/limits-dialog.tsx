import { useMemo, useState } from 'react'

import type { ContainerSpec } from '../../../engine/contract/index.ts'
import { isActive, nameOf } from '../../engine/container-summary.ts'
import { useEngine } from '../../engine/engine-context.tsx'
import { isSound, requestOf, wordsOf } from '../../engine/fields/field.ts'
import type { ContainerSummary } from '../../engine/live/live-data.ts'
import { _, C_, format } from '../../i18n/gettext.ts'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { SelectField, TextField } from '../../ui/dialogs/fields.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { checkDraft, draftOf } from './container-fields.ts'
import type { Draft } from './draft.ts'
import { changesOf } from './edit-changes.ts'
import type { Seen } from './fields/container-field.ts'
import { limitFields } from './fields/limits.ts'
import { LimitInputs } from './inputs/limit-inputs.tsx'
import { useSeen } from './use-seen.ts'
import { WaitingDialog } from './waiting-dialog.tsx'

interface LimitsDialogProps {
  container: ContainerSummary
  onClose: () => void
}

/** Changes limits and restart policy of a container, which goes on running. */
export function LimitsDialog({ container, onClose }: LimitsDialogProps) {
  const seen = useSeen(container.Id, true)
  const title = format(_('Update {name}'), { name: nameOf(container) })
  if (!seen.value) return <WaitingDialog title={title} error={seen.error} onClose={onClose} />
  return <LimitsForm title={title} seen={seen.value} container={container} onClose={onClose} />
}

/** Limits that a running container can be given. */
const updatable = new Set<keyof Draft>(['memory', 'cpus', 'pids', 'reservation', 'swap', 'shares', 'cpuset', 'blockWeight'])
const fields = limitFields.filter(({ name }) => updatable.has(name))

type Limits = NonNullable<ContainerSpec['resource_limits']>

/** What is no longer limited. The engine takes numbers alone. */
function withoutLimits(reset: readonly string[], memory: number): Limits {
  const no = (path: string) => reset.includes(`resource_limits.${path}`) || reset.includes('resource_limits')
  const noMemory = no('memory') || no('memory.limit')
  return {
    ...(noMemory ? { memory: { limit: -1 } } : no('memory.swap') ? { memory: { swap: memory > 0 ? 2 * memory : -1 } } : {}),
    ...(no('cpu') || no('cpu.quota') ? { cpu: { quota: -1 } } : {}),
    ...(no('pids') || no('pids.limit') ? { pids: { limit: -1 } } : {}),
  }
}

/** The same for the command line. */
function wordWithout(name: string, memory: number): string {
  if (name === 'cpus') return '0'
  return name === 'swap' && memory > 0 ? String(2 * memory) : '-1'
}

/** Limits that have no value which says that there is none: the kernel keeps what it was given. */
const staying = ['reservation', 'shares', 'cpuset', 'blockWeight'] as const

function checkStaying(initial: Draft, draft: Draft): Partial<Record<(typeof staying)[number], string>> {
  const gone = staying.filter((name) => initial[name] !== '' && draft[name].trim() === '')
  return Object.fromEntries(
    gone.map((name) => [name, _('Enter a value: an update cannot remove this limit, editing the container can.')]),
  )
}

function LimitsForm({ title, seen, container, onClose }: LimitsDialogProps & { title: string; seen: Seen }) {
  const { engine, data, info, can } = useEngine()
  const { success } = useToasts()
  const initial = useMemo(() => draftOf(seen), [seen])
  const [draft, setDraft] = useState(initial)
  const errors = { ...checkDraft(draft, { cpus: info.host.cpus }), ...checkStaying(initial, draft) }
  const set = (change: Partial<Draft>) => setDraft((old) => ({ ...old, ...change }))
  const changed = fields.filter((field) => JSON.stringify(field.words(draft)) !== JSON.stringify(field.words(initial)))
  const restart = draft.restart !== initial.restart || draft.retries !== initial.retries
  const submit = async () => {
    const { reset } = changesOf(initial, draft)
    const spec: ContainerSpec = requestOf<Draft, ContainerSpec>(changed, draft)
    const limits = { ...spec.resource_limits }
    for (const [name, value] of Object.entries(withoutLimits(reset, seen.inspect.HostConfig.Memory)))
      Object.assign(limits, { [name]: { ...limits[name as 'memory'], ...(value as object) } })
    await engine['container.update']({
      name: container.Id,
      ...(restart ? { restartPolicy: draft.restart } : {}),
      ...(restart && draft.retries !== '' ? { restartRetries: Number(draft.retries) } : {}),
      body: limits,
    })
    await data.containers.refresh()
    success(format(_('{name} was updated.'), { name: nameOf(container) }))
  }
  const removed = changed.filter((field) => field.words(draft).length === 0)
  const words = [
    ...(restart ? ['--restart', draft.retries === '' ? draft.restart : `${draft.restart}:${draft.retries}`] : []),
    ...wordsOf(changed, draft),
    ...removed.flatMap(({ name, flags }) => [flags[0]!, wordWithout(name, seen.inspect.HostConfig.Memory)]),
  ]
  return (
    <ActionDialog
      title={title}
      description={
        isActive(container)
          ? _('New limits apply immediately. The container keeps running.')
          : _('New limits apply from the next start.')
      }
      action={_('Update')}
      variant="medium"
      failed={_('Failed to update the container')}
      disabled={!isSound<Draft>(errors) || words.length === 0}
      command={commandLine(can.program, 'update', ...words, nameOf(container))}
      onSubmit={submit}
      onClose={onClose}
    >
      {can.has('limits') ? (
        <LimitInputs draft={draft} errors={errors} set={set} />
      ) : (
        <p className="berth-quiet">{_('Memory and CPU limits are not available: no cgroup is delegated to your account.')}</p>
      )}
      <div className="berth-columns">
        <SelectField
          label={_('Restart policy')}
          value={draft.restart}
          onChange={(policy) => set({ restart: policy, retries: '' })}
          options={[
            ['no', C_('restart', 'No')],
            ['on-failure', _('On failure')],
            ['always', _('Always')],
            ['unless-stopped', _('Unless stopped')],
          ]}
        />
        {draft.restart === 'on-failure' && (
          <TextField
            label={_('Maximum retries')}
            value={draft.retries}
            onChange={(retries) => set({ retries })}
            error={errors.retries}
            placeholder={_('No limit')}
          />
        )}
      </div>
    </ActionDialog>
  )
}
