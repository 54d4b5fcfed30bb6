import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const CreateSecretDialog = dialogs.component('CreateSecretDialog')
export const RemoveSecretDialog = dialogs.component('RemoveSecretDialog')
