import { useMemo, useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { runTransfer } from '../../engine/tasks/run-transfer.ts'
import { createTransfer, type Transfer } from '../../engine/transfers/transfer.ts'
import { TransferProgress } from '../../ui/transfers/transfer-progress.tsx'
import { commandLine } from '../../ui/command-line/shell-words.ts'
import { type EngineContextValue, useEngine } from '../../engine/engine-context.tsx'
import { isSound } from '../../engine/fields/field.ts'
import { _ } from '../../i18n/gettext.ts'
import { useStore } from '../../hooks/use-store.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { checkDraft, toCommand, toSpec } from './container-fields.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { DraftFields } from './draft-fields.tsx'

interface CreateContainerDialogProps {
  image?: string
  /** The pod to create it in. */
  pod?: string
  onClose: () => void
}

/** Creates and starts a container; a missing image is pulled first. */
export function CreateContainerDialog({ image = '', pod = '', onClose }: CreateContainerDialogProps) {
  const context = useEngine()
  const { data, can, info } = context
  const [draft, setDraft] = useState<Draft>({ ...emptyDraft, image, pod })
  const [pull] = useState(() => createTransfer())
  const [pulling, setPulling] = useState(false)
  const images = useStore(data.images).items
  const pods = useStore(data.pods).items
  const tags = useMemo(
    () => (images ?? []).flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => !tag.startsWith('<none>')),
    [images],
  )
  const errors = checkDraft(draft, { cpus: info.host.cpus })
  const submit = async (signal: AbortSignal) => {
    await pullIfMissing(context, draft.image.trim(), pull, setPulling, signal)
    if (!signal.aborted) await createAndStart(context, draft)
  }
  return (
    <ActionDialog
      title={_('Create container')}
      action={draft.start ? _('Create and start') : _('Create')}
      variant="medium"
      failed={_('Failed to create the container')}
      disabled={!isSound(errors)}
      command={pulling ? undefined : commandLine(...toCommand(draft, can.program))}
      onSubmit={submit}
      onClose={onClose}
    >
      {pulling && <TransferProgress state={pull.state} title={draft.image.trim()} />}
      <div hidden={pulling} className="berth-dialog-form">
        <DraftFields
          draft={draft}
          errors={errors}
          onChange={(change) => setDraft((old) => ({ ...old, ...change }))}
          images={tags}
          pods={pods ?? []}
        />
      </div>
    </ActionDialog>
  )
}

async function pullIfMissing(
  context: EngineContextValue,
  image: string,
  pull: Transfer,
  onPulling: (pulling: boolean) => void,
  signal: AbortSignal,
) {
  try {
    return await context.engine['image.exists']({ name: image }, { signal })
  } catch (error) {
    if (!EngineError.is(error, 'ImageNotFound', 'NotFound')) throw error
  }
  onPulling(true)
  try {
    await runTransfer(context, 'image.pull', { reference: image, policy: 'missing' }, pull, signal)
    await context.data.images.refresh()
  } finally {
    onPulling(false)
  }
}

/** A container that does not start is removed, so that its name is free for the next attempt. */
async function createAndStart({ engine, data }: EngineContextValue, draft: Draft): Promise<void> {
  const { Id } = await engine['container.create']({ body: toSpec(draft) })
  try {
    if (draft.start) await engine['container.start']({ name: Id })
  } catch (error) {
    await engine['container.remove']({ name: Id, force: true }).catch(() => {})
    throw error
  } finally {
    await data.containers.refresh()
  }
}
