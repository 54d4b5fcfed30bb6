import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'

import type { EngineError } from '../../../engine/errors/index.ts'
import { _ } from '../../i18n/gettext.ts'
import { ActionDialog } from '../../ui/dialogs/action-dialog.tsx'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'

interface WaitingDialogProps {
  title: string
  error: EngineError | undefined
  onClose: () => void
}

/** Stands for a dialog until the container it is about has been looked at. */
export function WaitingDialog({ title, error, onClose }: WaitingDialogProps) {
  return (
    <ActionDialog
      title={title}
      action={_('Continue')}
      variant="medium"
      failed={title}
      disabled
      onSubmit={async () => {}}
      onClose={onClose}
    >
      {error ? (
        <ErrorAlert title={_('Failed to inspect the container')} error={error} />
      ) : (
        <Skeleton height="16rem" screenreaderText={_('Loading')} />
      )}
    </ActionDialog>
  )
}
