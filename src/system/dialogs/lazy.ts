import { lazily } from '../../ui/lazily.ts'

// The dialogs, loaded when the first of them is opened.

const all = () => import('./all.ts')

export const CheckDialog = lazily(all, 'CheckDialog')
export const PruneSystemDialog = lazily(all, 'PruneSystemDialog')
