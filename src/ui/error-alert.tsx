import { Alert } from '@patternfly/react-core/dist/esm/components/Alert'

import { EngineError } from '../../engine/errors/index.ts'

/** A failure where it happened, in the engine's words. */
export function ErrorAlert({ title, error }: { title: string; error: unknown }) {
  return (
    <Alert variant="danger" isInline title={title} role="alert">
      {EngineError.from(error).message}
    </Alert>
  )
}
