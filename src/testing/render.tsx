import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'

import { Console } from '../app/console.tsx'
import { views } from '../app/views.tsx'
import '../containers/dialogs/all.ts'
import '../images/dialogs/all.ts'
import '../pods/dialogs/all.ts'
import '../system/dialogs/all.ts'
import { navigate } from '../hooks/route.ts'
import { createFakeBackend } from './fake-backend.ts'
import type { FakeEngine } from './fake-engine.ts'

// What a browser loads on demand is here already: a test does not wait for the compiler.
await Promise.all(views.flatMap((view) => [view.load([]), view.load(['any'])]))

/** Renders the page after login, at a route. */
export function renderConsole(fake: FakeEngine, link = '#/') {
  navigate(link, { replace: true })
  const backend = createFakeBackend(fake)
  const out: string[] = []
  const view = render(<Console backend={backend} onLogOut={() => out.push('logged out')} />)
  return { ...view, backend, out, user: userEvent.setup() }
}
