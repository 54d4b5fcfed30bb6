import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { ModalBoxCloseButton } from '@patternfly/react-core/dist/esm/components/Modal/ModalBoxCloseButton'
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'

import { _ } from '../lib/gettext.ts'
import { type Hide, useAction } from '../lib/use-action.ts'
import { CommandLine } from './command-line.tsx'
import { ErrorAlert } from './error-alert.tsx'
import { FirstFocus } from './first-focus.tsx'
import { useToasts } from './toasts.tsx'

interface ActionDialogProps {
  title: string
  /** The word on the button that does it. */
  action: string
  /**
   * Does it. The dialog closes when it is done, or stays to show a result, and stays with the reason when it fails.
   * Cancelling aborts the signal.
   */
  onSubmit: (signal: AbortSignal) => Promise<void | 'stay'>
  onClose: () => void
  /** Where it takes long: shows elsewhere that it goes on. Closing the dialog then does not cancel it. */
  onHide?: Hide
  children?: ReactNode
  variant?: 'small' | 'medium' | 'large'
  danger?: boolean
  /** What must be right before it can be done is not. */
  disabled?: boolean
  /** The same as a command line. */
  command?: string
  description?: string
  /** The heading of a failure. */
  failed: string
}

/** A dialog that does one thing: it can be cancelled, shows that it is busy, and shows a failure inside. */
export function ActionDialog(props: ActionDialogProps) {
  const { title, onSubmit, onClose, onHide, children, variant = 'small', danger, disabled, command, description, failed } = props
  const id = useId()
  const { failure } = useToasts()
  const { busy, done, error, start, cancel } = useAction(onSubmit, onClose, onHide, (late) => failure(failed, late))
  const alert = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error !== undefined) alert.current?.scrollIntoView?.({ block: 'nearest' })
  }, [error])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!disabled) void start()
  }
  return (
    // Its own closing button has no words in other languages, and would be what has the keyboard first.
    <Modal isOpen variant={variant} onEscapePress={onClose} aria-labelledby={id} className="berth-dialog">
      <ModalHeader
        title={title}
        labelId={id}
        titleIconVariant={danger ? 'warning' : undefined}
        titleScreenReaderText={danger ? _('Warning:') : undefined}
        description={description}
      />
      <ModalBody>
        <form id={`${id}-form`} onSubmit={submit} noValidate className="berth-dialog-form">
          <div ref={alert}>{error !== undefined && <ErrorAlert title={failed} error={error} />}</div>
          {children}
          {command !== undefined && <CommandLine command={command} />}
        </form>
      </ModalBody>
      <ModalFooter>
        {done ? (
          <Button variant="primary" autoFocus onClick={onClose}>
            {_('Close')}
          </Button>
        ) : (
          <Buttons {...props} form={`${id}-form`} busy={busy} onCancel={cancel} />
        )}
      </ModalFooter>
      <ModalBoxCloseButton aria-label={_('Close')} onClose={onClose} />
      <FirstFocus danger={danger} />
    </Modal>
  )
}

interface ButtonsProps extends ActionDialogProps {
  form: string
  busy: boolean
  onCancel: () => void
}

function Buttons({ form, action, danger, disabled, busy, onHide, onClose, onCancel }: ButtonsProps) {
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
      {busy && onHide && (
        <Button variant="secondary" onClick={onClose}>
          {_('Go on in the background')}
        </Button>
      )}
      <Button variant="link" onClick={onCancel}>
        {_('Cancel')}
      </Button>
    </>
  )
}
