import { Component, type ReactNode } from 'react'

import { _ } from '../i18n/gettext.ts'
import { ErrorView } from '../ui/empty-states.tsx'
import { PartMissing } from '../ui/reload-for-parts.ts'

/** Shows an error in place of a view that throws. A new `resetKey` renders the view again. */
export class ErrorBoundary extends Component<{ resetKey: string; children: ReactNode }, { error?: Error; resetKey: string }> {
  override state: { error?: Error; resetKey: string } = { resetKey: this.props.resetKey }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  static getDerivedStateFromProps(props: { resetKey: string }, state: { resetKey: string }) {
    return props.resetKey === state.resetKey ? null : { error: undefined, resetKey: props.resetKey }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <ErrorView
        title={_('This page could not be displayed')}
        message={error.message}
        onRetry={() => (error instanceof PartMissing ? location.reload() : this.setState({ error: undefined }))}
      />
    )
  }
}
