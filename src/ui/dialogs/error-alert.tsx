import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'

import { EngineError } from '../../../engine/errors/index.ts'
import { _ } from '../../i18n/gettext.ts'
import { problemText } from '../../i18n/problem.ts'

/** An error with the engine's message. */
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
      {problemText(EngineError.from(error))}
    </Alert>
  )
}
