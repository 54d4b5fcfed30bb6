import { returnTarget } from 'cockpit-ts-bridge/client'
import { createRoot } from 'react-dom/client'

import type { Backend } from '../engine/connection/backend.ts'
import { connectBackend } from '../engine/connection/bridge-backend.ts'
import { loadLanguage } from './language.ts'
import { Root } from './root.tsx'
import './styles.ts'
import { followTheme } from './theme.ts'
import { currentRoute } from '../hooks/route.ts'
import { viewOf } from './views.tsx'

// The page that is asked for comes while the connection is made, which begins here: what follows keeps the browser busy.
let early: Promise<Backend> | undefined = connectBackend()
// A failure is told where it is awaited.
early.catch(() => {})
const { path } = currentRoute()
void viewOf(path)
  ?.load(path.slice(1))
  .catch(() => {})

followTheme()
await loadLanguage()

/** Returns to the package page that sent the browser here for a session, if any. */
async function connect(): Promise<Backend> {
  const connecting = early ?? connectBackend()
  early = undefined
  const backend = await connecting
  const target = returnTarget(window.location)
  if (target === undefined) return backend
  window.location.replace(target)
  return new Promise(() => {})
}

createRoot(document.getElementById('app')!).render(<Root connect={connect} />)
