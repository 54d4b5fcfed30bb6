import { done, refused, type SpecFields } from './state.ts'

/** Folders, volumes and devices of a container. */
export const storageFields: SpecFields = {
  ...done(
    'mounts: volume mount tmpfs',
    'volumes: volume mount',
    'overlay_volumes: volume',
    'devices: device gpus',
    'devices.path',
    'shm_size: shm-size',
  ),
  ...refused(
    'a device is given by its path alone (--device HOST[:CONTAINER][:rwm])',
    'devices.type',
    'devices.major',
    'devices.minor',
    'devices.fileMode',
    'devices.uid',
    'devices.gid',
  ),
  ...refused(
    'it is not supported yet; use mounts, volumes or overlay_volumes',
    'image_volumes',
    'volumes_from',
    'artifact_volumes',
  ),
  ...refused('name each device with --device', 'device_cgroup_rule', 'devices_from', 'host_device_list'),
  ...refused('leave it out', 'shm_size_systemd'),
}
