import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const BulkDialog = dialogs.component('BulkDialog')
export const CheckpointDialog = dialogs.component('CheckpointDialog')
export const CommitDialog = dialogs.component('CommitDialog')
export const CopyDialog = dialogs.component('CopyDialog')
export const CreateContainerDialog = dialogs.component('CreateContainerDialog')
export const DuplicateContainerDialog = dialogs.component('DuplicateContainerDialog')
export const EditContainerDialog = dialogs.component('EditContainerDialog')
export const ExportDialog = dialogs.component('ExportDialog')
export const ImportCheckpointDialog = dialogs.component('ImportCheckpointDialog')
export const KillDialog = dialogs.component('KillDialog')
export const LimitsDialog = dialogs.component('LimitsDialog')
export const PruneContainersDialog = dialogs.component('PruneContainersDialog')
export const RemoveContainerDialog = dialogs.component('RemoveContainerDialog')
export const RenameDialog = dialogs.component('RenameDialog')
export const RestoreDialog = dialogs.component('RestoreDialog')
export const SignalProcessDialog = dialogs.component('SignalProcessDialog')
