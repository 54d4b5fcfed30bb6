import { Skeleton } from '@patternfly/react-core/dist/esm/components/Skeleton'
import type { ReactNode } from 'react'

import { _ } from '../../lib/gettext.ts'
import type { CallState } from '../../lib/use-call.ts'
import { ErrorAlert } from '../../ui/error-alert.tsx'

interface WaitingProps<T> {
  call: CallState<T>
  /** The heading of a failure. */
  failed: string
  children: (value: T) => ReactNode
}

/** What a call answered, drawn; until then, or instead of it, that it is awaited or why it failed. */
export function Waiting<T>({ call: { value, error, reload }, failed, children }: WaitingProps<T>) {
  if (value !== undefined) return children(value)
  if (error) return <ErrorAlert title={failed} error={error} onRetry={reload} />
  return <Skeleton height="12rem" screenreaderText={_('Loading')} />
}
