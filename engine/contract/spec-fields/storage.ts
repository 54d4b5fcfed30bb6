import { done, refused, type SpecFields } from './state.ts'

/** Folders, volumes and devices of a container. */
export const storageFields: SpecFields = {
  ...done(
    'mounts: volume mount tmpfs',
    'volumes: volume mount',
    'overlay_volumes: volume',
    'devices: device gpus',
    'devices.path',
    'artifact_volumes: mount',
    'artifact_volumes.source',
    'artifact_volumes.destination',
    'artifact_volumes.title',
    'artifact_volumes.digest',
    'artifact_volumes.name',
    'devices.type',
    'devices.major',
    'devices.minor',
    'devices.fileMode',
    'devices.uid',
    'devices.gid',
    'device_cgroup_rule: device-cgroup-rule',
    ...['allow', 'type', 'major', 'minor', 'access'].map((name) => `device_cgroup_rule.${name}`),
    'shm_size: shm-size',
  ),
  ...done(
    'image_volumes: mount',
    'image_volumes.Source',
    'image_volumes.Destination',
    'image_volumes.ReadWrite',
    'image_volumes.subPath',
    'volumes_from: volumes-from',
  ),
  ...refused('name each device with --device', 'devices_from', 'host_device_list'),
  ...done('shm_size_systemd: shm-size-systemd'),
}
