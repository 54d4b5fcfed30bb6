import { lazily } from '../../ui/lazily.ts'

// The dialogs, loaded when the first of them is opened.

const all = () => import('./all.ts')

export const BulkDialog = lazily(all, 'BulkDialog')
export const CheckpointDialog = lazily(all, 'CheckpointDialog')
export const CreateContainerDialog = lazily(all, 'CreateContainerDialog')
export const ImportCheckpointDialog = lazily(all, 'ImportCheckpointDialog')
export const KillDialog = lazily(all, 'KillDialog')
export const PruneContainersDialog = lazily(all, 'PruneContainersDialog')
export const RemoveContainerDialog = lazily(all, 'RemoveContainerDialog')
export const RenameDialog = lazily(all, 'RenameDialog')
export const RestoreDialog = lazily(all, 'RestoreDialog')
export const SignalProcessDialog = lazily(all, 'SignalProcessDialog')
