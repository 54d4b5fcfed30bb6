// One file of the build: who opens one dialog soon opens another.
export { CreateVolumeDialog } from './create-volume-dialog.tsx'
export { DownloadVolumeDialog } from './download-volume-dialog.tsx'
export { PruneVolumesDialog } from './prune-volumes-dialog.tsx'
export { RemoveVolumeDialog } from './remove-volume-dialog.tsx'
export { UploadVolumeDialog } from './upload-volume-dialog.tsx'
