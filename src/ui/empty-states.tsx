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

import { _ } from '../i18n/gettext.ts'

interface EmptyViewProps {
  title: string
  icon?: ComponentType
  children: ReactNode
  action?: ReactNode
  /** Whether it stands for the whole page, which has no other heading. */
  isPage?: boolean
}

/** The empty state of a list, with the action that adds the first item. */
export function EmptyView({ title, icon = BoxIcon, children, action, isPage = false }: EmptyViewProps) {
  return (
    <EmptyState variant="lg" titleText={title} headingLevel={isPage ? 'h1' : 'h2'} icon={icon}>
      <EmptyStateBody>{children}</EmptyStateBody>
      {action && (
        <EmptyStateFooter>
          <EmptyStateActions>{action}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  )
}

/** The state of a list whose filter matches nothing. */
export function NoResults({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState variant="sm" titleText={_('No results found')} headingLevel="h2" icon={SearchIcon}>
      <EmptyStateBody>{_('No results match the filter. Change the filter or clear it.')}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={onClear}>
            {_('Clear filter')}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  )
}

/** The state after a failure: the engine's message, and a retry. */
export function ErrorView({ title, message, onRetry }: { title: string; message: string; onRetry: () => void }) {
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
