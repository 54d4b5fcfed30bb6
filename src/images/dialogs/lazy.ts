import { lazily } from '../../ui/lazily.ts'

// The dialogs, loaded when the first of them is opened.

const all = () => import('./all.ts')

export const ImportDialog = lazily(all, 'ImportDialog')
export const LoadDialog = lazily(all, 'LoadDialog')
export const LoginDialog = lazily(all, 'LoginDialog')
export const LogoutDialog = lazily(all, 'LogoutDialog')
export const PruneDialog = lazily(all, 'PruneDialog')
export const PullDialog = lazily(all, 'PullDialog')
export const PushDialog = lazily(all, 'PushDialog')
export const RemoveImageDialog = lazily(all, 'RemoveImageDialog')
export const RemoveImagesDialog = lazily(all, 'RemoveImagesDialog')
export const SaveDialog = lazily(all, 'SaveDialog')
export const TagDialog = lazily(all, 'TagDialog')
export const UntagDialog = lazily(all, 'UntagDialog')
