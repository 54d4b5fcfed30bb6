import { Alert, AlertActionLink } from '@patternfly/react-core/dist/esm/components/Alert'

import { _ } from '../../i18n/gettext.ts'
import { ProblemText } from './problem-text.tsx'

/** An error: what is wrong in one sentence, and what the engine says one click away. */
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
      <ProblemText error={error} />
    </Alert>
  )
}
