import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const ClonePodDialog = dialogs.component('ClonePodDialog')
export const CreatePodDialog = dialogs.component('CreatePodDialog')
export const RemovePodDialog = dialogs.component('RemovePodDialog')
