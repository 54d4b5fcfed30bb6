import { onDemand } from '../../ui/on-demand.tsx'

/** The dialogs, loaded when the first of them is opened, or before. */
export const dialogs = onDemand(() => import('./all.ts'))

export const ConnectDialog = dialogs.component('ConnectDialog')
export const CreateNetworkDialog = dialogs.component('CreateNetworkDialog')
export const DisconnectDialog = dialogs.component('DisconnectDialog')
export const PruneNetworksDialog = dialogs.component('PruneNetworksDialog')
export const RemoveNetworkDialog = dialogs.component('RemoveNetworkDialog')
