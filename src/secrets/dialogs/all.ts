// One file of the build: who opens one dialog soon opens another.
export { CreateSecretDialog } from './create-secret-dialog.tsx'
export { RemoveSecretDialog } from './remove-secret-dialog.tsx'
