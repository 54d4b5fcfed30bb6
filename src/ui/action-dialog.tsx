import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal'
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'

import { _ } from '../lib/gettext.ts'
import { CommandLine } from './command-line.tsx'
import { ErrorAlert } from './error-alert.tsx'

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
  const { title, action, onSubmit, onClose, children, variant = 'small', danger, disabled, command, description, failed } = props
  const id = useId()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState(false)
  const [error, setError] = useState<unknown>()
  const alert = useRef<HTMLDivElement>(null)
  const stop = useRef<AbortController>(null)
  useEffect(() => () => stop.current?.abort(), [])
  useEffect(() => {
    if (error !== undefined) alert.current?.scrollIntoView?.({ block: 'nearest' })
  }, [error])
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || disabled || done) return
    const { signal } = (stop.current = new AbortController())
    setBusy(true)
    setError(undefined)
    try {
      const next = await onSubmit(signal)
      if (signal.aborted) return
      if (next !== 'stay') return onClose()
      setBusy(false)
      setDone(true)
    } catch (caught) {
      if (!signal.aborted) setError(caught)
      setBusy(false)
    }
  }
  return (
    <Modal isOpen variant={variant} onClose={onClose} aria-labelledby={id} className="berth-dialog">
      <ModalHeader title={title} labelId={id} titleIconVariant={danger ? 'warning' : undefined} description={description} />
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
          <>
            <Button
              type="submit"
              form={`${id}-form`}
              variant={danger ? 'danger' : 'primary'}
              isLoading={busy}
              isDisabled={busy || disabled}
            >
              {action}
            </Button>
            <Button variant="link" onClick={onClose}>
              {_('Cancel')}
            </Button>
          </>
        )}
      </ModalFooter>
    </Modal>
  )
}
