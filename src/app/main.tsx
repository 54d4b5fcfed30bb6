import { inCockpitFrame } from 'cockpit-ts-bridge/client'
import { createRoot } from 'react-dom/client'

import { connectBackend } from '../lib/bridge-backend.ts'
import { loadLanguage } from './language.ts'
import { Root } from './root.tsx'
import './styles.ts'
import { followTheme } from './theme.ts'

followTheme(inCockpitFrame())
await loadLanguage()
createRoot(document.getElementById('app')!).render(<Root connect={connectBackend} />)
