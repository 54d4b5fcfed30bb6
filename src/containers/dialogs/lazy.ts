import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const BulkDialog = dialogs.component('BulkDialog')
export const CheckpointDialog = dialogs.component('CheckpointDialog')
export const CreateContainerDialog = dialogs.component('CreateContainerDialog')
export const ImportCheckpointDialog = dialogs.component('ImportCheckpointDialog')
export const KillDialog = dialogs.component('KillDialog')
export const PruneContainersDialog = dialogs.component('PruneContainersDialog')
export const RemoveContainerDialog = dialogs.component('RemoveContainerDialog')
export const RenameDialog = dialogs.component('RenameDialog')
export const RestoreDialog = dialogs.component('RestoreDialog')
export const SignalProcessDialog = dialogs.component('SignalProcessDialog')
