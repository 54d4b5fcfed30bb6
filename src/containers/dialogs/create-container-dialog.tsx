import { useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { runTransfer } from '../../engine/tasks/run-transfer.ts'
import { createTransfer, type Transfer } from '../../engine/transfers/transfer.ts'
import { type EngineContextValue, useEngine } from '../../engine/engine-context.tsx'
import { _ } from '../../i18n/gettext.ts'
import { toCommand, toSpec } from './container-fields.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { DraftDialog } from './draft-dialog.tsx'
import { useDialogAddress } from './use-dialog-address.ts'

interface CreateContainerDialogProps {
  image?: string
  /** The pod to create it in. */
  pod?: string
  onClose: () => void
}

/** Creates and starts a container. */
export function CreateContainerDialog({ image = '', pod = '', onClose }: CreateContainerDialogProps) {
  useDialogAddress({ dialog: 'create', of: image, inPod: pod })
  return <NewContainer title={_('Create container')} initial={{ ...emptyDraft, image, pod }} onClose={onClose} />
}

interface NewContainerProps {
  title: string
  initial: Draft
  onClose: () => void
}

/** Creates what is described; the image is pulled first as its policy says. */
export function NewContainer({ title, initial, onClose }: NewContainerProps) {
  const context = useEngine()
  const [pull] = useState(() => createTransfer())
  const [pulling, setPulling] = useState(false)
  const submit = async (draft: Draft, signal: AbortSignal) => {
    await obtainImage(context, draft, pull, setPulling, signal)
    if (!signal.aborted) await createAndStart(context, draft)
  }
  return (
    <DraftDialog
      title={title}
      action={({ start }) => (start ? _('Create and start') : _('Create'))}
      failed={_('Failed to create the container')}
      initial={initial}
      command={(draft) => toCommand(draft, context.can.program)}
      onSubmit={submit}
      onClose={onClose}
      pull={pulling ? pull : undefined}
    />
  )
}

/** Pulls the image, unless it is there and the policy is content with it. */
export async function obtainImage(
  context: EngineContextValue,
  { image, pull: policy }: Pick<Draft, 'image' | 'pull'>,
  pull: Transfer,
  onPulling: (pulling: boolean) => void,
  signal: AbortSignal,
) {
  const reference = image.trim()
  if (policy === 'never') return
  if (policy === 'missing' && (await isHere(context, reference, signal))) return
  onPulling(true)
  try {
    await runTransfer(context, 'image.pull', { reference, policy }, pull, signal)
    await context.data.images.refresh()
  } finally {
    onPulling(false)
  }
}

async function isHere({ engine }: EngineContextValue, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine['image.exists']({ name }, { signal })
    return true
  } catch (error) {
    if (!EngineError.is(error, 'ImageNotFound', 'NotFound')) throw error
    return false
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
