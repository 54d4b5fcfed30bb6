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
  ...done(
    'artifact_volumes: mount',
    'artifact_volumes.source',
    'artifact_volumes.destination',
    'artifact_volumes.title',
    'artifact_volumes.digest',
    'artifact_volumes.name',
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
  ...done(
    'image_volumes: mount',
    'image_volumes.Source',
    'image_volumes.Destination',
    'image_volumes.ReadWrite',
    'image_volumes.subPath',
    'volumes_from: volumes-from',
  ),
  ...refused('name each device with --device', 'device_cgroup_rule', 'devices_from', 'host_device_list'),
  ...refused('leave it out', 'shm_size_systemd'),
}
