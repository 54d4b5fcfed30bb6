import { createContext, use } from 'react'

import type { Engine, Info } from '../../engine/contract/index.ts'
import type { Backend } from './connection/backend.ts'
import type { TaskFeed } from './tasks/task-feed.ts'
import type { Background } from './transfers/background-transfers.ts'
import type { Capabilities } from './capabilities.ts'
import type { LiveData } from './live/live-data.ts'
import type { Pending } from './pending.ts'
import type { Store } from './store.ts'

/** What all views share. */
export interface EngineContextValue {
  readonly engine: Engine
  readonly data: LiveData
  readonly info: Info
  readonly can: Capabilities
  /** The account that is logged in. */
  readonly user: string
  readonly pending: Store<Pending> & { run: (id: string, label: string, work: () => Promise<unknown>) => Promise<void> }
  readonly background: Background
  /** Tasks of the engine; used only where `can` has them. */
  readonly tasks: TaskFeed
  readonly hostUsage: Backend['hostUsage']
  readonly archiveUrl: Backend['archiveUrl']
  readonly listFolder: Backend['listFolder']
}

/** Provided once the engine's info is known. */
export const EngineContext = createContext<EngineContextValue | null>(null)

/** The engine and its data, for any view inside the shell. */
export function useEngine(): EngineContextValue {
  const value = use(EngineContext)
  if (!value) throw new Error('A view was drawn outside the engine context.')
  return value
}
