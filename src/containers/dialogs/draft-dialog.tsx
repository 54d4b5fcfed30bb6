import { type ReactNode, useMemo, useState } from 'react'

import { useEngine } from '../../engine/engine-context.tsx'
import { isSound } from '../../engine/fields/field.ts'
import type { Transfer } from '../../engine/transfers/transfer.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { TransferProgress } from '../../ui/transfers/transfer-progress.tsx'
import { checkDraft, containerFields } from './container-fields.ts'
import type { Draft } from './draft.ts'
import { DraftContext, type DraftState } from './draft-context.tsx'
import { DraftFields } from './draft-fields.tsx'

interface DraftDialogProps {
  title: string
  action: (draft: Draft) => string
  failed: string
  initial: Draft
  /** The container itself is changed. */
  editing?: boolean
  /** The words of the equivalent command line. */
  command: (draft: Draft) => readonly string[]
  /** Whether there is anything to do. */
  ready?: (draft: Draft) => boolean
  onSubmit: (draft: Draft, signal: AbortSignal) => Promise<void>
  onClose: () => void
  /** The pull that is shown instead of the fields. */
  pull?: Transfer | undefined
  /** Above the fields. */
  intro?: (draft: Draft) => ReactNode
}

/** The dialog in which a container is described: a new one, one like another, or a change. */
export function DraftDialog(props: DraftDialogProps) {
  const { title, action, failed, initial, editing = false, command, ready, onSubmit, onClose, pull, intro } = props
  const { can, info } = useEngine()
  const [draft, setDraft] = useState(initial)
  const errors = checkDraft(draft, { cpus: info.host.cpus })
  const state: DraftState = useMemo(() => {
    const refused = new Set(containerFields.filter(({ needs = [] }) => !needs.every(can.takes)).map(({ name }) => name))
    return {
      draft,
      errors,
      editing,
      onChange: (change) => setDraft((old) => ({ ...old, ...change })),
      offers: (name) => !refused.has(name),
    }
    // The errors are of the draft.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [draft, editing, can])
  return (
    <ActionDialog
      title={title}
      action={action(draft)}
      variant="medium"
      failed={failed}
      disabled={!isSound(errors) || ready?.(draft) === false}
      command={pull ? undefined : commandLine(...command(draft))}
      onSubmit={(signal) => onSubmit(draft, signal)}
      onClose={onClose}
    >
      {pull && <TransferProgress state={pull.state} title={draft.image.trim()} />}
      <div hidden={pull !== undefined} className="berth-dialog-form">
        {intro?.(draft)}
        <DraftContext value={state}>
          <DraftFields />
        </DraftContext>
      </div>
    </ActionDialog>
  )
}
