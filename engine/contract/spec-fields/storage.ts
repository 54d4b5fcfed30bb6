import { done, refused, type SpecFields } from './state.ts'

/** Folders, volumes and devices of a container. */
export const storageFields: SpecFields = {
  ...done(
    'mounts: volume mount tmpfs',
    'volumes: volume mount',
    'overlay_volumes: volume',
    'devices: device',
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
  ...done('image_volumes: mount', 'volumes_from: volumes-from', 'artifact_volumes: mount'),
  ...refused('name each device with --device', 'device_cgroup_rule', 'devices_from', 'host_device_list'),
  ...refused('leave it out', 'shm_size_systemd'),
}
