import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const ImportDialog = dialogs.component('ImportDialog')
export const LoadDialog = dialogs.component('LoadDialog')
export const LoginDialog = dialogs.component('LoginDialog')
export const LogoutDialog = dialogs.component('LogoutDialog')
export const PruneImagesDialog = dialogs.component('PruneImagesDialog')
export const PullDialog = dialogs.component('PullDialog')
export const PushDialog = dialogs.component('PushDialog')
export const RemoveImageDialog = dialogs.component('RemoveImageDialog')
export const RemoveImagesDialog = dialogs.component('RemoveImagesDialog')
export const SaveDialog = dialogs.component('SaveDialog')
export const TagDialog = dialogs.component('TagDialog')
export const UntagDialog = dialogs.component('UntagDialog')
