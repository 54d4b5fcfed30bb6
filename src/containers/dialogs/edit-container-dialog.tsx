import { useCallback, useMemo, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { createTransfer } from '../../engine/transfers/transfer.ts'
import { useCall } from '../../hooks/use-call.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { _, format, ngettext } from '../../i18n/gettext.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { checkDraft, draftOf } from './container-fields.ts'
import { obtainImage } from './create-container-dialog.tsx'
import type { Draft } from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { changesOf, editWords, isEmpty } from './edit-changes.ts'
import type { Seen } from './fields/container-field.ts'
import { isSound } from '../../engine/fields/field.ts'
import { settingTitles } from './setting-titles.ts'
import { useDialogAddress } from './use-dialog-address.ts'
import { useSeen } from './use-seen.ts'
import { WaitingDialog } from './waiting-dialog.tsx'

interface EditContainerDialogProps {
  /** Its id or name. */
  container: string
  onClose: () => void
}

/** Makes a container again in its place, with other fields. */
export function EditContainerDialog({ container, onClose }: EditContainerDialogProps) {
  useDialogAddress({ dialog: 'edit', of: container })
  // What it was when the dialog was opened: what is typed is held against it.
  const seen = useSeen(container, true)
  if (!seen.value) return <WaitingDialog title={_('Edit container')} error={seen.error} onClose={onClose} />
  return <EditDialog seen={seen.value} onClose={onClose} />
}

function EditDialog({ seen, onClose }: { seen: Seen; onClose: () => void }) {
  const context = useEngine()
  const { engine, data, can } = context
  const { success } = useToasts()
  const { inspect } = seen
  const name = inspect.Name.replace(/^\//, '')
  // The pod stays; that there is one says whose the ports are.
  const initial = useMemo(() => ({ ...draftOf(seen), pod: inspect.Pod }), [seen, inspect.Pod])
  const [pull] = useState(() => createTransfer())
  const [pulling, setPulling] = useState(false)
  const submit = async (draft: Draft, signal: AbortSignal) => {
    if (draft.image !== initial.image) await obtainImage(context, { ...draft, pull: 'missing' }, pull, setPulling, signal)
    if (signal.aborted) return
    const { body, reset } = changesOf(initial, draft)
    const { Restarts } = await engine['container.edit']({ name: inspect.Id, body, reset: [...reset] }, { signal }).finally(() =>
      data.containers.refresh(),
    )
    success(format(Restarts ? _('{name} was changed and runs again.') : _('{name} was changed.'), { name }))
  }
  return (
    <DraftDialog
      title={format(_('Edit {name}'), { name })}
      action={() => _('Save')}
      failed={_('Failed to change the container')}
      editing
      initial={initial}
      command={(draft) => [can.program, 'container', 'edit', ...editWords(name, initial, draft)]}
      ready={(draft) => !isEmpty(changesOf(initial, draft))}
      onSubmit={submit}
      onClose={onClose}
      pull={pulling ? pull : undefined}
      intro={(draft) => <Outlook seen={seen} name={name} initial={initial} draft={draft} />}
    />
  )
}

/** Milliseconds after the last keystroke until the engine is asked what would change. */
const typingDelay = 400
const nothing = async () => undefined

interface OutlookProps {
  seen: Seen
  name: string
  initial: Draft
  draft: Draft
}

/** What will happen. */
function Outlook({ seen: { inspect }, name, initial, draft }: OutlookProps) {
  const { engine, info } = useEngine()
  const sound = isSound(checkDraft(draft, { cpus: info.host.cpus }))
  const text = useDebounced(JSON.stringify(sound ? changesOf(initial, draft) : { body: {}, reset: [] }), typingDelay)
  const hasChanges = text !== '{"body":{},"reset":[]}'
  const ask = useCallback(
    (signal: AbortSignal) => {
      const { body, reset } = JSON.parse(text) as ReturnType<typeof changesOf>
      return engine['container.edit']({ name: inspect.Id, dryRun: true, body, reset: [...reset] }, { signal })
    },
    [engine, inspect.Id, text],
  )
  // The engine cannot say it of an image that has yet to be pulled.
  const hasOtherImage = draft.image.trim() !== initial.image
  const { value, error } = useCall<Awaited<ReturnType<typeof ask>> | undefined>(hasChanges ? ask : nothing)
  const what = inspect.State.Running
    ? format(_('{name} is stopped and started again with the new settings.'), { name })
    : format(_('{name} gets the new settings for its next start.'), { name })
  return (
    <div className="berth-outlook">
      <p>
        {what} {_('Name, volumes, networks and history stay. If the new one cannot be started, the old one comes back.')}
      </p>
      {(hasOtherImage || (hasChanges && value?.NewFiles)) && (
        <p>{_('With another image it gets the files of that image: what it wrote outside of volumes is lost.')}</p>
      )}
      {hasChanges && value && (
        <p className="berth-quiet" role="status">
          {ngettext('{n} setting changes:', '{n} settings change:', value.Changes.length)}{' '}
          {settingTitles(value.Changes.map(({ Field }) => Field)).join(', ')}
        </p>
      )}
      {hasChanges &&
        value?.Warnings.map((warning) => (
          <p key={warning} className="berth-quiet">
            {warning}
          </p>
        ))}
      {/* An image that has yet to be pulled is no mistake. */}
      {hasChanges && error && error.code !== 'ImageNotFound' && <ErrorAlert title={_('This cannot be saved')} error={error} />}
    </div>
  )
}
