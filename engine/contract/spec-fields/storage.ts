import { done, refused, type SpecFields } from './state.ts'

/** Folders, volumes and devices of a container. */
export const storageFields: SpecFields = {
  ...done(
    'mounts: volume mount tmpfs',
    'volumes: volume mount',
    'overlay_volumes: volume',
    'devices: device',
    'devices.path',
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
  ...refused(
    'it is not supported yet; use mounts, volumes or overlay_volumes',
    'image_volumes',
    'volumes_from',
    'artifact_volumes',
  ),
  ...refused('name each device with --device', 'devices_from', 'host_device_list'),
  ...refused('leave it out', 'shm_size_systemd'),
}
