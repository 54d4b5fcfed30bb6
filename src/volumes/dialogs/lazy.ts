import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const CreateVolumeDialog = dialogs.component('CreateVolumeDialog')
export const DownloadVolumeDialog = dialogs.component('DownloadVolumeDialog')
export const PruneVolumesDialog = dialogs.component('PruneVolumesDialog')
export const RemoveVolumeDialog = dialogs.component('RemoveVolumeDialog')
export const UploadVolumeDialog = dialogs.component('UploadVolumeDialog')
