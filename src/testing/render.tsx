import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'

import { Console } from '../app/console.tsx'
import { views } from '../app/views.tsx'
import { dialogs as containersDialogs } from '../containers/dialogs/lazy.ts'
import { dialogs as imagesDialogs } from '../images/dialogs/lazy.ts'
import { dialogs as networksDialogs } from '../networks/dialogs/lazy.ts'
import { dialogs as podsDialogs } from '../pods/dialogs/lazy.ts'
import { dialogs as secretsDialogs } from '../secrets/dialogs/lazy.ts'
import { dialogs as systemDialogs } from '../system/dialogs/lazy.ts'
import { dialogs as volumesDialogs } from '../volumes/dialogs/lazy.ts'
import { navigate } from '../hooks/route.ts'
import { createFakeBackend } from './fake-backend.ts'
import type { FakeEngine } from './fake-engine.ts'

// What a browser loads on demand is here already: a test does not wait for the compiler.
const dialogs = [containersDialogs, imagesDialogs, networksDialogs, podsDialogs, systemDialogs, volumesDialogs, secretsDialogs]
await Promise.all([
  ...views.flatMap((view) => [view.load([]), view.load(['any']), view.load(['pods', 'any'])]),
  ...dialogs.map(({ load }) => load()),
])

/** Renders the page after login, at a route. */
export function renderConsole(fake: FakeEngine, link = '#/') {
  navigate(link, { replace: true })
  const backend = createFakeBackend(fake)
  const out: string[] = []
  const view = render(<Console backend={backend} onLogOut={() => out.push('logged out')} />)
  return { ...view, backend, out, user: userEvent.setup() }
}
