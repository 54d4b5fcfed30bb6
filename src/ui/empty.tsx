import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
} from '@patternfly/react-core/dist/esm/components/EmptyState'
import BoxIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-container-icon'
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-search-icon'
import ErrorIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-error-fill-icon'
import type { ComponentType, ReactNode } from 'react'

import { _ } from '../lib/gettext.ts'

interface NothingYetProps {
  title: string
  icon?: ComponentType
  children: ReactNode
  action?: ReactNode
}

/** There is nothing here yet: what one would find here, and how to get the first one. */
export function NothingYet({ title, icon = BoxIcon, children, action }: NothingYetProps) {
  return (
    <EmptyState variant="lg" titleText={title} headingLevel="h2" icon={icon}>
      <EmptyStateBody>{children}</EmptyStateBody>
      {action && (
        <EmptyStateFooter>
          <EmptyStateActions>{action}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  )
}

/** There are some, and the filter hides them all. */
export function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState variant="sm" titleText={_('Nothing matches the filter')} headingLevel="h2" icon={SearchIcon}>
      <EmptyStateBody>{_('Change the filter, or clear it to see everything.')}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={onClear}>
            {_('Clear the filter')}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  )
}

/** What is here cannot be read: the engine's words, and a way to try again. */
export function CannotReach({ title, message, onRetry }: { title: string; message: string; onRetry: () => void }) {
  return (
    <EmptyState variant="lg" status="danger" titleText={title} headingLevel="h2" icon={ErrorIcon}>
      <EmptyStateBody>{message}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="primary" onClick={onRetry}>
            {_('Try again')}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  )
}
