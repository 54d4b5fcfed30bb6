import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { ModalBoxCloseButton } from '@patternfly/react-core/dist/esm/components/Modal/ModalBoxCloseButton'
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

import { EngineError } from '../../../engine/errors/index.ts'
import { _, format } from '../../i18n/gettext.ts'
import { type Detach, useAction } from '../../hooks/use-action.ts'
import { CommandLine } from '../command-line/command-line.tsx'
import { DiscardQuestion } from './discard-question.tsx'
import { ErrorAlert } from './error-alert.tsx'
import { TextField } from './fields.tsx'
import { FirstFocus } from './first-focus.tsx'
import { useToasts } from '../toasts.tsx'
import { OutsideClick } from './outside-click.tsx'
import { useDiscard } from './use-discard.ts'

interface ActionDialogProps {
  title: string
  /** The label of the submit button. */
  action: string
  /**
   * Runs the action. The dialog closes on success, or stays open to show a result or an error. With `again`
   * it stays open for more input, and the action is run again. Cancelling aborts the signal.
   */
  onSubmit: (signal: AbortSignal) => Promise<void | 'stay' | 'again'>
  onClose: () => void
  /** Continues a long action in the background when the dialog is closed. */
  onDetach?: Detach
  children?: ReactNode
  variant?: 'small' | 'medium' | 'large'
  danger?: boolean
  /** The input is not valid. */
  disabled?: boolean
  /** What is to be typed first, since data that nothing brings back is removed. */
  confirmation?: string | undefined
  /** The equivalent command line. */
  command?: string
  description?: string
  /** The heading of a failure. */
  failed: string
}

/**
 * A dialog with one action: it can be cancelled, and shows progress and errors inside. Escape and a click outside close it; if
 * something was entered they ask first.
 */
export function ActionDialog(props: ActionDialogProps) {
  const {
    title,
    onSubmit,
    onClose,
    onDetach,
    children,
    variant = 'small',
    danger,
    command,
    description,
    failed,
    confirmation,
  } = props
  const id = useId()
  const [typed, setTyped] = useState('')
  const disabled = (props.disabled ?? false) || (confirmation !== undefined && typed.trim() !== confirmation)
  const { failure } = useToasts()
  const { busy, done, error, start, cancel } = useAction(onSubmit, onClose, onDetach, (late) => {
    // Somebody cancelled it among the tasks.
    if (!EngineError.is(late, 'Cancelled')) failure(failed, late)
  })
  const discard = useDiscard({ keep: done || (busy && onDetach !== undefined), onClose })
  const alert = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error !== undefined) alert.current?.scrollIntoView?.({ block: 'nearest' })
  }, [error])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!disabled) void start()
  }
  return (
    // The modal's own close button has no translated label and would get the focus first.
    <Modal isOpen variant={variant} onEscapePress={discard.request} aria-labelledby={id} className="berth-dialog">
      <ModalHeader
        title={title}
        labelId={id}
        titleIconVariant={danger ? 'warning' : undefined}
        titleScreenReaderText={danger ? _('Warning:') : undefined}
        description={description}
      />
      <ModalBody>
        <form ref={discard.form} id={`${id}-form`} onSubmit={submit} noValidate className="berth-dialog-form">
          <div ref={alert}>{error !== undefined && <ErrorAlert title={failed} error={error} />}</div>
          {children}
          {confirmation !== undefined && !props.disabled && !done && (
            <TextField label={format(_('Type {text} to confirm'), { text: confirmation })} value={typed} onChange={setTyped} />
          )}
          {command !== undefined && <CommandLine command={command} />}
        </form>
      </ModalBody>
      <ModalFooter>
        {discard.asking && <DiscardQuestion onDiscard={cancel} onKeep={discard.stay} />}
        {!discard.asking && done && (
          <Button variant="primary" autoFocus onClick={onClose}>
            {_('Close')}
          </Button>
        )}
        {!discard.asking && !done && <Buttons {...props} disabled={disabled} form={`${id}-form`} busy={busy} onCancel={cancel} />}
      </ModalFooter>
      <ModalBoxCloseButton aria-label={_('Close')} onClose={onClose} />
      <FirstFocus danger={danger} />
      <OutsideClick onClick={busy ? undefined : discard.request} />
    </Modal>
  )
}

interface ButtonsProps extends ActionDialogProps {
  form: string
  busy: boolean
  onCancel: () => void
}

function Buttons({ form, action, danger, disabled, busy, onDetach, onClose, onCancel }: ButtonsProps) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // The field in which Enter was pressed may be gone.
    if (busy && document.activeElement === document.body) button.current?.focus()
  }, [busy])
  return (
    <>
      <Button
        ref={button}
        type="submit"
        form={form}
        variant={danger ? 'danger' : 'primary'}
        isLoading={busy}
        spinnerAriaLabel={action}
        isDisabled={disabled && !busy}
        isAriaDisabled={busy}
      >
        {action}
      </Button>
      {busy && onDetach && (
        <Button variant="secondary" onClick={onClose}>
          {_('Continue in the background')}
        </Button>
      )}
      <Button variant="link" onClick={onCancel}>
        {_('Cancel')}
      </Button>
    </>
  )
}
