import { Component, type ReactNode } from 'react'

import { _ } from '../lib/gettext.ts'
import { CannotReach } from '../ui/empty.tsx'

/** Keeps a view that broke from taking the page with it. `place`: a new one is a new try. */
export class ErrorBoundary extends Component<{ place: string; children: ReactNode }, { error?: Error; place: string }> {
  override state: { error?: Error; place: string } = { place: this.props.place }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  static getDerivedStateFromProps(props: { place: string }, state: { place: string }) {
    return props.place === state.place ? null : { error: undefined, place: props.place }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <CannotReach title={_('This view broke')} message={error.message} onRetry={() => this.setState({ error: undefined })} />
    )
  }
}
