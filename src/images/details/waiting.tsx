import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import type { ReactNode } from 'react'

import { _ } from '../../i18n/gettext.ts'
import type { CallState } from '../../hooks/use-call.ts'
import { ErrorAlert } from '../../ui/dialogs/error-alert.tsx'

interface WaitingProps<T> {
  call: CallState<T>
  /** The heading of a failure. */
  failed: string
  children: (value: T) => ReactNode
}

/** Renders the result of a call; before it a skeleton, on failure the error. */
export function Waiting<T>({ call: { value, error, reload }, failed, children }: WaitingProps<T>) {
  if (value !== undefined) return children(value)
  if (error) return <ErrorAlert title={failed} error={error} onRetry={reload} />
  return <Skeleton height="12rem" screenreaderText={_('Loading')} />
}
