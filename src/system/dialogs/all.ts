// One file of the build: who opens one dialog soon opens another.
export { CheckDialog } from './check-dialog.tsx'
export { PruneSystemDialog } from './prune-system-dialog.tsx'
