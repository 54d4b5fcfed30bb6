export { openVolumeStore, type VolumeStoreOptions } from './local-volumes.ts'
export type { LockedVolume, DetachedVolume, SharedVolumes, VolumeLock, VolumeStore } from './volume-store.ts'
