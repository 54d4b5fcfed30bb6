import { createContext, use } from 'react'

import type { PodSummary } from '../engine/live/live-data.ts'
import type { Action } from './actions-menu.tsx'

/** Commands of one page that other pages offer. Pages do not import each other: the app provides these. */
export interface Commands {
  /** Opens the dialog that creates a container, with these fields filled in. */
  createContainer(initial?: { image?: string; pod?: string }): void
  /** Opens the dialog that creates a pod. */
  createPod(): void
  /** The actions of a pod, in groups. */
  podActions(pod: PodSummary): readonly (readonly Action[])[]
}

const none: Commands = { createContainer: () => {}, createPod: () => {}, podActions: () => [] }

export const CommandsContext = createContext<Commands>(none)

/** The commands that the app provides. */
export const useCommands = (): Commands => use(CommandsContext)
