import { useMemo } from 'react'

import type { Task } from '../../engine/contract/index.ts'
import { useEngine } from '../engine/engine-context.tsx'
import { createStore } from '../engine/store.ts'
import type { BackgroundTransfer } from '../engine/transfers/background-transfers.ts'
import { useStore } from '../hooks/use-store.ts'

const none = createStore<readonly Task[]>([])

/** The tasks of the engine and the work of this page, the newest first, and how many of them run. */
export function useTasks(): { tasks: readonly Task[]; transfers: readonly BackgroundTransfer[]; running: number } {
  const { can, tasks: feed, background } = useEngine()
  const tasks = useStore(can.does('task.events') ? feed : none)
  const transfers = useStore(background)
  return useMemo(
    () => ({
      tasks: tasks.toReversed(),
      transfers: transfers.toReversed(),
      running:
        tasks.filter(({ State }) => State === 'running').length + transfers.filter(({ outcome }) => outcome === undefined).length,
    }),
    [tasks, transfers],
  )
}
