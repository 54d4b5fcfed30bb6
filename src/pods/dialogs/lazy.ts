import { lazily } from '../../ui/lazily.ts'

// The dialogs, loaded when the first of them is opened.

const all = () => import('./all.ts')

export const CreatePodDialog = lazily(all, 'CreatePodDialog')
export const RemovePodDialog = lazily(all, 'RemovePodDialog')
