// One file of the build: who opens one dialog soon opens another.
export { ConnectDialog } from './connect-dialog.tsx'
export { CreateNetworkDialog } from './create-network-dialog.tsx'
export { DisconnectDialog } from './disconnect-dialog.tsx'
export { PruneNetworksDialog } from './prune-networks-dialog.tsx'
export { RemoveNetworkDialog } from './remove-network-dialog.tsx'
