import type { GoTypes } from '../typed.ts'

/** The types of volumes, and of secrets. */
export const volumeTypes: GoTypes = {
  'define.InspectVolumeData':
    'Name string; Driver string; Mountpoint string; CreatedAt time.Time; Status map[string]interface {}; Labels map[string]string; Scope string; Options map[string]string; UID int; GID int; Anonymous bool; MountCount int; NeedsCopyUp bool; NeedsChown bool; Timeout int; StorageID string; LockNumber int',
  'types.VolumeConfigResponse': '+InspectVolumeData define.InspectVolumeData',
  'types.VolumeListReport': '+VolumeConfigResponse types.VolumeConfigResponse',
}

export const secretTypes: GoTypes = {
  'types.SecretInfoReport': 'ID string; CreatedAt time.Time; UpdatedAt time.Time; Spec types.SecretSpec; SecretData string',
  'types.SecretSpec': 'Name string; Driver types.SecretDriverSpec; Labels map[string]string',
  'types.SecretDriverSpec': 'Name string; Options map[string]string',
}
