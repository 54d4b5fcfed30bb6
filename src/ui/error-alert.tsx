import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'

import { EngineError } from '../../engine/errors/index.ts'
import { _ } from '../lib/gettext.ts'

/** A failure where it happened, in the engine's words. */
export function ErrorAlert({ title, error, onRetry }: { title: string; error: unknown; onRetry?: () => void }) {
  return (
    <Alert
      variant="danger"
      isInline
      component="h2"
      title={title}
      variantLabel={_('Error:')}
      role="alert"
      actionLinks={onRetry && <AlertActionLink onClick={onRetry}>{_('Try again')}</AlertActionLink>}
    >
      {EngineError.from(error).message}
    </Alert>
  )
}
