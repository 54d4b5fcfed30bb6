// One file of the build: who opens one dialog soon opens another.
export { ClonePodDialog } from './clone-pod-dialog.tsx'
export { CreatePodDialog } from './create-pod-dialog.tsx'
export { RemovePodDialog } from './remove-pod-dialog.tsx'
