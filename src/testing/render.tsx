import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'

import { Console } from '../app/console.tsx'
import { navigate } from '../hooks/route.ts'
import { createFakeBackend } from './fake-backend.ts'
import type { FakeEngine } from './fake-engine.ts'

/** Renders the page after login, at a route. */
export function renderConsole(fake: FakeEngine, link = '#/') {
  navigate(link, { replace: true })
  const backend = createFakeBackend(fake)
  const out: string[] = []
  const view = render(<Console backend={backend} onLogOut={() => out.push('logged out')} />)
  return { ...view, backend, out, user: userEvent.setup() }
}
